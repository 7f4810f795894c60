"""The embedded broker's configuration does what it is written for."""

import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from devices.broker.embedded import EmbeddedBroker
from tests.fakes.heard_link import linked
from tests.fakes.mqtt_client import MqttClient, clients, eventually
from tests.fakes.puller import pull

BLOB = f"loa/1/2b5d6c1e-0000-4000-8000-000000000001/blob/{'0' * 64}"
MEGABYTE = 1024 * 1024


def resident(pid: int) -> int:
    """Bytes of a process in memory."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


def test_its_configuration_raises_the_limits_and_listens_on_this_machine(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path / "broker", 0) as broker:
        config = tomllib.loads((tmp_path / "broker" / "embedded.toml").read_text("utf-8"))
        assert config["v4"]["1"]["listen"] == broker.url.removeprefix("mqtt://")
    assert config["router"]["max_connections"] == 20_000
    assert config["router"]["max_outgoing_packet_count"] == 60_000
    assert config["v4"]["1"]["connections"]["max_payload_size"] >= 256 * 1024


def test_chunks_that_are_published_again_and_again_do_not_pile_up(tmp_path: Path) -> None:
    topics = [f"{BLOB}/{number}" for number in range(16)]
    with (
        EmbeddedBroker(tmp_path / "broker", 0) as broker,
        clients(MqttClient(broker.url, "speaker", *topics, qos=0)) as (speaker,),
        linked(broker.url) as link,
    ):
        assert broker.pid
        for round_ in range(60):
            assert all(link.publish(topic, bytes(65_536), retain=True) for topic in topics)
            assert eventually(lambda: link.backlog == 0)
            assert eventually(lambda round_=round_: len(speaker.got) >= 16 * (round_ + 1))  # type: ignore[misc]
            if round_ == 5:
                before = resident(broker.pid)
        assert resident(broker.pid) - before < 16 * MEGABYTE, "54 MB went through"


def air(broker: EmbeddedBroker, number: int, content: bytes) -> float:
    """One bulletin of four topics, fetched by twenty speakers and taken away again; seconds of the fetch."""
    topics = [f"loa/1/2b5d6c1e-0000-4000-8000-000000000001/blob/{number:064x}/{piece}" for piece in range(4)]
    with linked(broker.url) as link:
        assert all(link.publish(topic, content, retain=True) for topic in topics)
        assert eventually(lambda: link.backlog == 0)
        began = time.monotonic()
        assert all(puller.complete for puller in pull(broker.url, 20, topics, 60))
        took = time.monotonic() - began
        assert all(link.publish(topic, b"", retain=True) for topic in topics)
        assert eventually(lambda: link.backlog == 0)
    return took


@pytest.mark.full
@pytest.mark.timeout(400)
def test_a_month_of_bulletins_does_not_make_it_slow_and_renewing_takes_all_of_it_back(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Five bulletins a day: 600 filters, whoever subscribes them. What grows is far below the count for renewal."""
    content = bytes(range(256)) * 256
    with EmbeddedBroker(tmp_path / "broker", 0) as broker:
        assert broker.pid and broker.wears_out
        first = [air(broker, number, content) for number in range(15)]
        early = resident(broker.pid)
        last = [air(broker, number, content) for number in range(15, 150)][-15:]
        month = resident(broker.pid)
        assert broker.renew() and broker.pid
        fresh = resident(broker.pid)
        air(broker, 151, content)
    figures = {"first_s": sorted(first)[7], "last_s": sorted(last)[7], "early": early, "month": month, "fresh": fresh}
    record_property("figures", figures)
    assert figures["last_s"] < figures["first_s"] * 2 + 0.1
    assert month - early < 150 * 4 * 80 * 1024 < broker.wears_out * 80 * 1024 and fresh < early
