"""The broker in virtual time: who hears what, in which order, and what a cut, a will and an empty store mean."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import topic_matches_sub

from devices.protocol.units import MILLI
from firmware_sim.village.broker import Client, MemoryBroker, matching
from firmware_sim.village.village import Village
from firmware_sim.village.virtual_time import VirtualTime

LEVELS = st.lists(st.sampled_from("ab"), min_size=1, max_size=7)
"""Few letters, so that topics and filters meet often."""


@st.composite
def filters(draw: st.DrawFn) -> str:
    """As this protocol has them: a topic, with `+` for its speaker, with `#` for its end, or with both."""
    levels = draw(LEVELS)
    least = 1
    speaker = draw(st.sampled_from((None, 4, 5)))
    if speaker is not None and len(levels) > speaker:
        levels[speaker], least = "+", speaker + 1
    if draw(st.booleans()):
        levels = [*levels[: draw(st.integers(least, len(levels)))], "#"]
    return "/".join(levels)


@given(LEVELS.map("/".join), filters())
def test_a_topic_matches_the_filters_that_mqtt_says_it_matches(topic: str, topic_filter: str) -> None:
    assert (topic_filter in matching(topic)) == topic_matches_sub(topic_filter, topic)


def test_every_filter_of_the_real_parts_is_known(village: Village) -> None:
    clients = village.broker.clients.values()
    asked = {topic_filter for client in clients for topic_filter in client.filters}
    topics = {topic for topic, _ in village.broker.published}
    assert any("+" in one for one in asked) and any(one.endswith("#") for one in asked) and len(topics) > 10
    for topic in topics:
        assert {one for one in asked if topic_matches_sub(one, topic)} == asked & set(matching(topic))


@dataclass
class Ear:
    """A client that writes down what it hears; each message is so many us on its way."""

    broker: MemoryBroker
    name: str = "ear"
    ways: list[int] = field(default_factory=list)
    heard: list[tuple[str, bytes, bool]] = field(default_factory=list)
    cuts: int = 0

    def __post_init__(self) -> None:
        self.client = Client(self.name, lambda *heard: self.heard.append(heard), self._on_cut, self._road)
        self.broker.connect(self.client)

    def _on_cut(self) -> None:
        self.cuts += 1

    def _road(self, _size: int) -> int:
        return self.ways.pop(0) if self.ways else MILLI


@pytest.fixture
def time() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def broker(time: VirtualTime) -> MemoryBroker:
    return MemoryBroker(time)


@given(st.lists(st.integers(0, 1_000_000), max_size=20))
def test_one_connection_keeps_its_order_however_long_each_message_takes(ways: list[int]) -> None:
    time = VirtualTime()
    broker = MemoryBroker(time)
    ear = Ear(broker, ways=list(ways))
    broker.subscribe(ear.client, "a/#", 1)
    for number in range(len(ways)):
        broker.publish("a/b", bytes([number]), retain=False)
        time.run_for(1_000)
    time.run_for(2_000_000)
    assert [payload for _, payload, _ in ear.heard] == [bytes([number]) for number in range(len(ways))]


def test_two_filters_that_match_bring_a_message_once(time: VirtualTime, broker: MemoryBroker) -> None:
    ear = Ear(broker)
    for topic_filter in ("a/b", "a/#"):
        broker.subscribe(ear.client, topic_filter, 1)
    broker.publish("a/b", b"x", retain=False)
    broker.unsubscribe(ear.client, "a/b")
    broker.publish("a/b", b"y", retain=False)
    broker.unsubscribe(ear.client, "a/#")
    broker.publish("a/b", b"z", retain=False)
    time.run_for(MILLI)
    assert ear.heard == [("a/b", b"x", False), ("a/b", b"y", False)]


def test_what_is_retained_is_said_to_whoever_comes_later_and_an_empty_one_is_gone(
    time: VirtualTime, broker: MemoryBroker
) -> None:
    for topic, payload in (("a/2", b"two"), ("a/1", b"one"), ("a/3", b"three"), ("a/3", b""), ("b/1", b"other")):
        broker.publish(topic, payload, retain=True)
    broker.publish("a/1", b"passing", retain=False)
    ear = Ear(broker)
    broker.subscribe(ear.client, "a/#", 1)
    broker.publish("a/2", b"new", retain=True)
    time.run_for(MILLI)
    assert ear.heard == [("a/1", b"one", True), ("a/2", b"two", True), ("a/2", b"new", False)]


def test_a_cut_loses_what_is_on_the_way_and_says_the_last_will(time: VirtualTime, broker: MemoryBroker) -> None:
    lost, other = Ear(broker, "lost"), Ear(broker, "other")
    lost.client.will = ("a/gone", b"gone")
    for ear in (lost, other):
        broker.subscribe(ear.client, "a/#", 1)
    broker.publish("a/b", b"x", retain=False)
    for _ in range(2):
        broker.cut(lost.client)
    broker.connect(lost.client)
    time.run_for(MILLI)
    assert (lost.heard, lost.cuts) == ([], 1), "and a new connection begins without filters"
    assert other.heard == [("a/b", b"x", False), ("a/gone", b"gone", False)]
    assert broker.retained == {"a/gone": b"gone"}


def test_a_wiped_broker_has_forgotten_everything_and_says_no_will(time: VirtualTime, broker: MemoryBroker) -> None:
    ear = Ear(broker)
    ear.client.will = ("a/gone", b"gone")
    broker.subscribe(ear.client, "a/#", 1)
    broker.publish("a/b", b"x", retain=True)
    broker.wipe()
    broker.connect(ear.client)
    broker.subscribe(ear.client, "a/#", 1)
    time.run_for(MILLI)
    assert (ear.heard, ear.cuts, broker.retained) == ([], 1, {})
    broker.cut(ear.client)
    assert broker.retained == {"a/gone": b"gone"}, "the will of the next connection is said"
