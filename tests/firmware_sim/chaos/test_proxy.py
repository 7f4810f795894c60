"""The proxy in front of a real broker: what a link does to a client, and what it leaves whole."""

import contextlib
import random
import socket
import time
from collections.abc import Iterator

import pytest

from devices.broker.embedded import EmbeddedBroker
from devices.broker.ports import CONNACK, CONNECT
from firmware_sim.chaos.links import RadioLinks
from firmware_sim.chaos.weather import Conditions
from firmware_sim.radio.model import RadioModel
from tests.fakes.chaos import chaos
from tests.fakes.mqtt_client import MqttClient, clients, eventually


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with EmbeddedBroker(tmp_path_factory.mktemp("broker"), 0) as running:
        yield running.url


def let_in(url: str, name: str) -> bool:
    """Whether a CONNECT of this client is answered by CONNACK."""
    hello = CONNECT[:1] + bytes([12 + len(name)]) + CONNECT[2:-2] + bytes([0, len(name)]) + name.encode()
    place = "127.0.0.1", int(url.rsplit(":", 1)[1])
    with contextlib.suppress(ConnectionError), socket.create_connection(place, 5) as caller:
        caller.sendall(hello)
        return caller.recv(4) == CONNACK
    return False


def test_good_weather_changes_nothing(broker: str) -> None:
    with (
        chaos(broker) as link,
        clients(MqttClient(broker, "s1", "t/#"), MqttClient(link.url, "c1", "t/#")) as (straight, through),
    ):
        payloads = [str(number).encode() * number for number in range(200)]
        for payload in payloads:
            through.offer("t/x", payload)
        assert eventually(lambda: len(straight.got) == len(through.got) == 200)
        assert straight.payloads() == through.payloads() == payloads
        assert link.counts()["open"] == 1
    with chaos(broker) as link:
        MqttClient(link.url, "c2").close()
        assert eventually(lambda: link.counts()["open"] == 0)


def test_delay_both_ways_and_order(broker: str) -> None:
    slow = Conditions(delay_ms=80, jitter_ms=60)
    with chaos(broker, up=slow, down=slow) as link, clients(MqttClient(link.url, "c", "d/#")) as (client,):
        began = time.monotonic()
        for number in range(50):
            client.offer("d/x", str(number).encode())
        assert eventually(lambda: len(client.got) == 50)
        assert client.payloads() == [str(number).encode() for number in range(50)]
        assert 0.16 <= time.monotonic() - began < 1.0


def test_throughput_and_back_pressure(broker: str) -> None:
    with (
        chaos(broker, down=Conditions(rate=200_000)) as link,
        clients(MqttClient(link.url, "c", "r/#"), MqttClient(broker, "s")) as (slow, sender),
    ):
        began = time.monotonic()
        for _ in range(4):
            sender.publish("r/x", bytes(60_000))
        assert eventually(lambda: len(slow.got) == 4)
        assert time.monotonic() - began == pytest.approx(1.2, abs=0.3)


def test_a_cut_is_heard_at_once_and_the_last_will_is_said(broker: str) -> None:
    with (
        chaos(broker) as link,
        clients(MqttClient(broker, "s", "will/#"), MqttClient(link.url, "c", will=("will/c", b"gone", False))) as (
            observer,
            client,
        ),
    ):
        link.cut_all()
        assert eventually(client.lost.is_set, 1) and eventually(lambda: observer.payloads() == [b"gone"])
        assert link.counts() | {"open": 0, "cuts": 1} == link.counts()


def test_cut_after_so_many_bytes(broker: str) -> None:
    with (
        chaos(broker, cut_after_bytes=50_000) as link,
        clients(MqttClient(link.url, "c", "b/#"), MqttClient(broker, "s")) as (client, sender),
    ):
        for _ in range(3):
            sender.publish("b/x", bytes(20_000))
        assert eventually(client.lost.is_set, 3)
        assert len(client.got) == 2 and link.counts()["down_bytes"] == 50_000


def test_a_client_that_was_cut_stays_away(broker: str) -> None:
    with chaos(broker, cut_every_s=0.05, outage_s=1_000_000, seed=3) as link:
        client = MqttClient(link.url, "c")
        assert eventually(client.lost.is_set, 3)
        client.close()
        assert not let_in(link.url, "c") and let_in(link.url, "another")


def test_a_dumb_link_closes_nothing_until_the_keepalive_runs_out(broker: str) -> None:
    with (
        chaos(broker) as link,
        clients(
            MqttClient(broker, "s", "w/#"), MqttClient(link.url, "c", will=("w/c", b"gone", False), keepalive_s=2)
        ) as (
            observer,
            client,
        ),
    ):
        began = time.monotonic()
        link.silence_all()
        client.offer("w/lost", b"x")
        assert eventually(lambda: observer.got, 13)
        assert 1.5 < time.monotonic() - began < 1.5 * 2 + 10
        assert observer.payloads() == [b"gone"], "what was said into a dumb link is lost"
        assert link.counts()["open"] == 1, "the client's own socket is still open"


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\n\r\n", b"\x10\xff\xff\xff\xff\xff", b"\x20\x02\x00\x00"])
def test_strangers_do_no_harm(broker: str, said: bytes) -> None:
    with chaos(broker) as link:
        port = int(link.url.rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port)) as stranger:
            stranger.settimeout(5)
            with contextlib.suppress(OSError):  # it may have been thrown out by then
                stranger.sendall(said)
                stranger.shutdown(socket.SHUT_WR)
                assert stranger.recv(10) == b""
        assert eventually(lambda: link.counts()["open"] == 0)
        with clients(MqttClient(link.url, "c")):
            pass


def test_nobody_at_the_other_end_is_a_closed_door() -> None:
    with chaos("mqtt://127.0.0.1:1") as link:
        assert not let_in(link.url, "c")


def test_unacknowledged_and_lost_acknowledgements_come_again_with_dup(broker: str) -> None:
    with chaos(broker, duplicate=1.0) as link, clients(MqttClient(broker, "s", "up/#")) as (far,):
        first = MqttClient(link.url, "c", "down/#")
        far.publish("down/1", b"one")
        far.publish("down/2", b"two")
        first.publish("up/1", b"eins")
        assert eventually(lambda: len(first.got) == 2)
        time.sleep(0.1)
        link.cut_all()
        assert eventually(first.lost.is_set)
        with clients(MqttClient(link.url, "c")) as (second,):
            assert eventually(lambda: len(second.got) == 2)
            assert second.payloads() == [b"one", b"two"] and all(message.dup for message in second.got)
            assert eventually(lambda: far.payloads() == [b"eins", b"eins"])
            second.publish("up/2", b"zwei")
            far.publish("down/3", b"")


def test_a_radio_model_gives_each_connection_its_lanes_and_cuts() -> None:
    links = RadioLinks(RadioModel.read(), random.Random(1))
    made = [links.new(0) for _ in range(200)]
    assert sorted(link.cut_after for link in made)[100] / 1e6 == pytest.approx(600 * 0.69, rel=0.3)
    for link in made[:20]:
        for lane in (link.up, link.down):
            arrivals = [lane.arrival(at * 1_000, 100) for at in range(0, 5_000, 50)]
            assert arrivals == sorted(arrivals) and arrivals[-1] > 4_950_000
    assert links.outage() > 0
