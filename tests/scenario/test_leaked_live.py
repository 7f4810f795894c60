"""A5 with real processes and a real broker: `loa keys leaked` while `loa serve` runs, and nobody climbs a pole."""

import json
import sqlite3
import subprocess
import sys
import time
import uuid
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import paho.mqtt.publish
import pytest

from devices.protocol.codec import to_json
from devices.protocol.keys import SigningKey
from devices.protocol.messages.orders import Play
from devices.protocol.signing import sign
from devices.protocol.topics import Topics
from devices.protocol.units import SECOND
from firmware_sim.judge.reading import read_ledgers
from tests.fakes.live import ROOT, Live, until

SPEAKERS = 6
SECRET = {"LOA_KEYS__ROOT_PASSPHRASE": "chín con trâu đi chợ"}


def loa(live: Live, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "api.cli", *words]
    return subprocess.run(command, cwd=ROOT, env=dict(live.environment), capture_output=True, text=True, check=False)


class Thief:
    """He has copied the key folder, and reaches the broker."""

    def __init__(self, live: Live, area: str, shown: dict[str, Any]) -> None:
        keys = live.data / "keys"
        self._live, self._area, self._sound = live, area, shown
        self._key = SigningKey.from_pem(next(keys.glob("content-*.pem")).read_bytes())
        self._tenant = (keys / "tenant").read_text()

    def speaks(self) -> str:
        now, order = time.time_ns() // 1_000, str(uuid.uuid4())
        said = Play(
            tenant=self._tenant, to=f"area/{self._area}", issued_at=now, order=order, occurrence=order,
            sha256=self._sound["sha256"], duration=self._sound["duration_ms"], start_at=now + SECOND, max_late=30_000,
            expires_at=now + 60 * SECOND, rank="priority", volume=100, repeats=1, gap=0,
        )  # fmt: skip
        host, port = self._live.broker_url.removeprefix("mqtt://").split(":")
        topic = Topics(self._tenant).area_order(self._area)
        paho.mqtt.publish.single(topic, sign(to_json(said), self._key), qos=1, hostname=host, port=int(port))
        return order


def starts(live: Live, order: str) -> int:
    lines = [line for ledger in read_ledgers(live.data / "fleet").values() for line in ledger]
    return sum(line["kind"] == "started" and line["order"] == order for line in lines)


@pytest.mark.full
def test_a_leaked_key_is_taken_back_while_everything_runs(tmp_path: Path) -> None:
    with Live(tmp_path, settings=SECRET) as live:
        area = str(live.client().post("/areas", {"name": "Xã Tân Đông"}, key="area")["id"])
        live.start_fleet(SPEAKERS)
        body = {"title": "Tin", "text": "Một hai ba bốn năm.", "chime": False}
        said = live.client().post("/bulletins?wait_s=60", body, key="bulletin")
        order = live.client().post("/broadcasts", {"bulletin": said["id"], "areas": [area]}, key="first")
        shown = live.ended(order["id"], 60)
        with closing(sqlite3.connect(live.data / "loa.db")) as tables:
            (sha256,) = tables.execute("select sha256 from broadcast").fetchone()
        thief = Thief(live, area, {"sha256": sha256, "duration_ms": shown["duration_ms"]})
        forged = thief.speaks()
        until(lambda: starts(live, forged) == SPEAKERS, 20, "the attack is real")

        soon = datetime.fromtimestamp(time.time() + 15, UTC).isoformat()
        wish = {"bulletin": said["id"], "areas": [area], "at": soon}
        later = live.client().post("/broadcasts", wish, key="later")
        done = loa(live, "keys", "leaked", "content")
        assert done.returncode == 0 and "The running controller uses the new keys" in done.stderr, done.stderr
        again = thief.speaks()
        kinds: list[tuple[str, str]] = []

        def reported() -> bool:
            items = live.client().get("/incidents")["items"]
            kinds[:] = [(one["kind"], one["device"]) for one in items if one["kind"] == "unknown_key"]
            return len(kinds) == SPEAKERS

        until(reported, 25, "every speaker reports the unknown key")
        assert {row["state"] for row in live.ended(later["id"], 90)["deliveries"]} == {"played"}
        assert starts(live, again) == 0
        verdict = live.judged([order, later])
        assert {name: count for name, count in verdict.counts.items() if count} == {"unexpected": SPEAKERS}
        with closing(sqlite3.connect(live.data / "loa.db")) as tables:
            lines = tables.execute("select action, subject from audit_line where action like 'keys.%'").fetchall()
        assert lines == [("keys.revoke", "content")]
        listed = json.loads(loa(live, "keys", "list", "--json").stdout)
        assert sorted(one["role"] for one in listed["keys"] if one["signs"]) == sorted(
            ["content", "alert", "control", "time", "drill", "firmware"]
        )
