"""The stranger among our own: the real controller, three reference speakers, and one that knows only the page."""

import random
from pathlib import Path

import pytest

from devices.protocol.units import SECOND
from firmware_sim.judge.records import Faults, Viewed
from firmware_sim.judge.verdict import judge
from firmware_sim.village.broker import Client
from firmware_sim.village.pole import RETRY
from firmware_sim.village.thief import Thief
from firmware_sim.village.village import Village
from tests.contract.stranger import Stranger, empty_flash

DRIFT = 30e-6


class StrangerPole:
    """A stranger with power, a line and a clock of its own."""

    def __init__(self, village: Village) -> None:
        self.village = village
        self.device = village.office.speaker(village.communes[0], "Người lạ")
        for area in (village.communes[0], village.province):
            village.members[area] |= {self.device}
        self.birth = village.office.keyring.birth(self.device)
        self.flash = empty_flash(village.office.new_id())
        self.client = Client(self.device, self._deliver, self._on_cut)
        self.stranger: Stranger | None = None
        self.reachable = True
        self.cuts: list[int] = []
        self._born_at = village.time.now
        self._wake = 0

    def mono(self) -> int:
        return round((self.village.time.now - self._born_at) * (1 + DRIFT))

    def power_up(self) -> None:
        secret = self.village.office.keys[self.device]._key.private_bytes_raw()
        chance = random.Random(len(self.cuts))
        self.stranger = Stranger(self.birth, secret, self._emit, flash=self.flash, chance=chance)
        self.connect()

    def power_cut(self) -> None:
        self.cuts.append(self.village.time.now)
        self.stranger = None
        self.village.broker.cut(self.client)

    def connect(self) -> None:
        if not self.village.broker.up:
            self.village.time.after(RETRY, self.connect)
        elif self.stranger and self.reachable and not self.client.up:
            self.client.will = self.stranger.will()
            self.village.broker.connect(self.client)
            self.stranger.connected(self.mono())
            self._poke()

    def lose_network(self) -> None:
        self.reachable = False
        self.village.broker.cut(self.client)

    def find_network(self) -> None:
        self.reachable = True
        self.connect()

    def lines(self) -> list[dict]:
        """What it heard of itself, as a ledger."""
        told = []
        for (order, occurrence), stretch, heard, why in self.flash["heard"]:
            about = {"order": order, "occurrence": occurrence, "part": stretch.part, "repeat": stretch.repeat}
            begin = {"mono": 0, "wall": stretch.at, "sha256": stretch.sha256, "from_ms": stretch.offset // 1_000}
            told.append({"kind": "started"} | about | begin | {"resumed": stretch.offset > 0})
            end = {"mono": heard, "wall": stretch.at + heard, "heard_ms": heard // 1_000}
            told.append({"kind": "ended"} | about | end | {"why": why})
        return told

    def _emit(self, step: dict) -> None:
        broker = self.village.broker
        if not self.client.up:
            return
        if step["out"] == "publish":
            broker.publish(step["topic"], step["bytes"], step["retained"])
        elif step["out"] == "unsubscribe":
            broker.unsubscribe(self.client, step["topic"])
        else:
            broker.subscribe(self.client, step["topic"], step["qos"])
            self.village.time.after(1_000, lambda: self._granted(step["topic"]))

    def _granted(self, topic: str) -> None:
        if self.stranger and self.client.up:
            self.stranger.granted(topic, True, self.mono())
            self._poke()

    def _deliver(self, topic: str, payload: bytes, _retained: bool) -> None:
        if self.stranger:
            self.stranger.message(topic, payload, self.mono())
            self._poke()

    def _on_cut(self) -> None:
        if self.stranger:
            self.stranger.disconnected(self.mono())
            self._poke()
        self.village.time.after(RETRY, self.connect)

    def _poke(self) -> None:
        at = self.stranger.next_wake() if self.stranger else None
        if at is not None:
            self._wake += 1
            number, due = self._wake, self._born_at + round(at / (1 + DRIFT)) + 1
            self.village.time.at(max(self.village.time.now, due), lambda: self._awake(number))

    def _awake(self, number: int) -> None:
        if self.stranger and number == self._wake:
            self.stranger.wake(self.mono())
            self._poke()


@pytest.fixture
def pole(tmp_path: Path) -> StrangerPole:
    village = Village(tmp_path / "village", speakers=3)
    pole = StrangerPole(village)
    village.desk.ring()
    pole.power_up()
    village.settle()
    return pole


def clean(pole: StrangerPole) -> None:
    """All speakers, the stranger too."""
    village = pole.village
    ledgers = {one.identity.device: one.ledger.lines for one in village.poles} | {pole.device: pole.lines()}
    view = {
        (accepted.order, accepted.occurrence, row.device_id): Viewed(row.state, row.heard_ms)
        for accepted in village.accepted
        for row in village.rows(accepted.occurrence)
    }
    verdict = judge(village.accepted, ledgers, view, village.time.now, Faults(cuts={pole.device: tuple(pole.cuts)}))
    assert verdict.verdict == "clean", verdict.as_json()


def test_it_joins(pole):
    assert pole.stranger.clock.valid
    assert pole.flash["config"]["places"]
    assert set(pole.flash["config"]["clips"].values()) <= set(pole.flash["blobs"])
    assert pole.village.incidents() == []


def test_it_plays_in_step_with_the_others(pole):
    order = pole.village.broadcast(seconds=4, repeats=2, gap_ms=1_000)
    pole.village.run(40)
    assert set(pole.village.states(order.occurrence).values()) == {"played"}
    begun = [line["wall"] for line in pole.lines() if line["kind"] == "started"]
    assert len(begun) == 2
    assert abs(begun[0] - order.start_at) < 1_000
    clean(pole)


def test_it_hears_an_alert_and_its_cancel(pole):
    bulletin = pole.village.broadcast(seconds=30)
    pole.village.run(12)
    alert = pole.village.alert(repeats=2)
    pole.village.run(60)
    assert pole.village.states(alert.occurrence)[pole.device] == "played"
    assert pole.village.states(bulletin.occurrence)[pole.device] == "failed"
    second = pole.village.alert(repeats=5)
    pole.village.run(8)
    pole.village.cancel(second)
    pole.village.run(100)
    assert pole.village.states(second.occurrence)[pole.device] == "cancelled"
    clean(pole)


def test_it_stops(pole):
    order = pole.village.broadcast(seconds=20)
    pole.village.run(10)
    pole.village.stop(order)
    pole.village.run(30)
    assert pole.village.states(order.occurrence)[pole.device] == "cancelled"
    clean(pole)


def test_it_catches_up_and_says_what_it_missed(pole):
    pole.lose_network()
    late = pole.village.broadcast(seconds=4, max_late_ms=20_000)
    pole.village.run(60)
    soon = pole.village.broadcast(seconds=4, max_late_ms=300_000)
    pole.village.run(60)
    pole.find_network()
    pole.village.run(40)
    assert pole.village.states(soon.occurrence)[pole.device] == "played"
    assert pole.village.states(late.occurrence)[pole.device] == "expired"
    clean(pole)


def test_a_broker_that_comes_back_empty_loses_nothing(pole):
    order = pole.village.broadcast(seconds=6, start_at=pole.village.time.now + 40 * SECOND)
    pole.village.run(5)
    pole.village.lose_broker(5)
    pole.village.run(80)
    assert set(pole.village.states(order.occurrence).values()) == {"played"}
    clean(pole)


def test_a_power_cut_in_the_middle_of_an_alert(pole):
    alert = pole.village.alert(repeats=1, speech_after=None, minutes=2)
    pole.village.run(1.5)
    assert pole.stranger._playing.sounds_now == alert.order
    pole.power_cut()
    pole.village.run(3)
    pole.power_up()
    pole.village.run(10)
    tones = [line for line in pole.lines() if line["kind"] == "started" and line["part"] == "tone"]
    assert len(tones) == 2


def test_a_forged_order_is_reported_and_nothing_sounds(pole):
    topics = pole.village.topics
    area = pole.flash["config"]["places"][0]["area"]
    pole.village.broker.publish(topics.area_order(area), b"eyJhbGciOiJub25lIn0.e30.", False)
    pole.village.run(10)
    assert [incident.kind for incident in pole.village.incidents()] == ["malformed"] * len(
        {incident.device_id for incident in pole.village.incidents()}
    )
    assert pole.device in {incident.device_id for incident in pole.village.incidents()}
    assert pole.lines() == []


def test_it_gives_up_what_a_stolen_key_has_said(pole):
    village, thief = pole.village, Thief(pole.village)
    thief.steal("content")
    soon = village.broadcast(seconds=4, start_at=village.time.now + 100 * SECOND)
    sounding = village.broadcast(seconds=20)
    thief.play(f"area/{village.province}", village.office.blob(2.0, 900), ahead=60)
    village.run(15)
    assert len([task for task in pole.stranger._playing.open() if not task.begun]) == 2, "the attack is real"
    village.rotate("content", "control", "time", overlap=0)
    village.run(1)
    thief.play(f"area/{village.province}", village.office.blob(2.0, 900))
    village.run(200)
    assert not [line for line in pole.lines() if line["order"] in thief.said]
    for order in (soon, sounding):
        assert village.states(order.occurrence)[pole.device] == "played"
    assert pole.device in {incident.device_id for incident in village.incidents("unknown_key")}
    assert pole.stranger.clock.valid
    clean(pole)


def test_what_nobody_says_again_falls_silent_there_too(pole):
    village, thief = pole.village, Thief(pole.village)
    thief.steal("alert")
    sound = village.broadcast(seconds=20).parts["body"][0]
    village.run(45)
    thief.alert(f"area/{village.province}", sound)
    village.run(5)
    assert pole.stranger._playing.sounds_now == thief.said[0], "the attack is real"
    village.rotate("alert", overlap=0)
    village.run(300)
    (stretch,) = [line for line in pole.lines() if line["kind"] == "ended" and line["order"] in thief.said]
    assert stretch["why"] == "revoked" and stretch["heard_ms"] < 11_000
    later = village.alert(minutes=3)
    village.run(60)
    assert village.states(later.occurrence)[pole.device] == "played"
