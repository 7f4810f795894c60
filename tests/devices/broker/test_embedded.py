"""The embedded broker's configuration does what it is written for."""

import tomllib
from pathlib import Path

from devices.broker.embedded import EmbeddedBroker
from tests.fakes.heard_link import linked
from tests.fakes.mqtt_client import MqttClient, clients, eventually

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
