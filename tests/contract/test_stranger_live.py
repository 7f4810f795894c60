"""The stranger over a real broker, against the real controller in its own process: joins, fetches, plays, reports."""

import secrets
import threading
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from api.cli.endpoint import read_endpoint
from devices.protocol.keys import SigningKey
from tests.contract.stranger import run
from tests.contract.stranger_reading import to_text
from tests.fakes.live import Live, until


def registered(live: Live, area: str, seed: bytes) -> dict[str, str]:
    """What a speaker with this key is born with."""
    body = {"name": "Người lạ", "area": area, "public_key": SigningKey(seed).verify_key.public}
    return live.insist(lambda client: client.post("/devices", body, key="stranger"))["birth"]


@pytest.mark.full
def test_a_stranger_joins_and_plays(tmp_path: Path) -> None:
    with Live(tmp_path, own_broker=False) as live:
        area = live.insist(lambda client: client.post("/areas", {"name": "Xã Tân Đông"}, key="area"))["id"]
        seed = secrets.token_bytes(32)
        birth = registered(live, area, seed)
        endpoint = read_endpoint(live.data)
        assert endpoint is not None
        broker, done = urlsplit(endpoint.mqtt), threading.Event()
        serve = threading.Thread(
            target=run, args=(birth, to_text(seed), broker.hostname, broker.port or 1883, done.is_set)
        )
        serve.start()
        try:
            until(lambda: live.client().get("/health")["devices"]["online"] == 1, 20, "the stranger is online")
            said = {"title": "Tin", "text": "Một hai ba.", "chime": False}
            bulletin = live.insist(lambda client: client.post("/bulletins?wait_s=60", said, key=str(uuid.uuid4())))
            order = {"bulletin": bulletin["id"], "areas": [area]}
            made = live.insist(lambda client: client.post("/broadcasts", order, key=str(uuid.uuid4())))
            assert live.ended(made["id"], 60)["counts"] == {"played": 1}
        finally:
            done.set()
            serve.join()
