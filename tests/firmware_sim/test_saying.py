"""What the speaker says: hello, state, receipts until they are acknowledged, counted reports, its heartbeat."""

import random
from pathlib import Path

import pytest

from devices.protocol.codec import parse
from devices.protocol.messages.control import Ack
from devices.protocol.messages.speaker import Receipt, State
from devices.protocol.signing import check_signature, open_envelope
from devices.protocol.units import SECOND
from firmware_sim.errors import BadIdentity
from firmware_sim.identity import Birth, Identity, read_identity, write_identity
from firmware_sim.ledger import FileLedger, Line, MemoryLedger
from firmware_sim.memory_flash import MemoryFlash
from firmware_sim.receipts import Receipts
from firmware_sim.reports import Reports
from tests.firmware_sim.headquarters import T0, Headquarters, after, key_of, name_of
from tests.firmware_sim.street import Street

LEDGER = name_of("ledger")


def receipt(word: str = "news") -> Receipt:
    return Receipt(
        tenant=name_of("tenant"), to="controller", issued_at=T0, ledger=LEDGER, n=1, order=name_of(word),
        occurrence=name_of(word), state="played",
    )  # fmt: skip


class Desk:
    """Receipts with hand-driven time, and what they sent."""

    def __init__(self) -> None:
        self.sent: list[int] = []
        self.flash = MemoryFlash(0)
        self.receipts = self._make()
        self.mono = 0

    def _make(self) -> Receipts:
        made = Receipts(self.flash, random.Random(1), lambda one: self.sent.append(one.n))
        made.load(LEDGER)
        return made

    def reboot(self) -> None:
        self.receipts = self._make()

    def add(self, count: int) -> None:
        for _ in range(count):
            self.receipts.add(receipt(), self.mono)

    def run(self, seconds: float) -> list[int]:
        """Numbers sent meanwhile."""
        before, end = len(self.sent), self.mono + int(seconds * SECOND)
        while (at := self.receipts.next_wakeup()) is not None and at <= end:
            self.mono = max(self.mono, at)
            self.receipts.do_once(self.mono)
        self.mono = end
        return self.sent[before:]

    def ack(self, through: int) -> None:
        hq = Headquarters()
        _, raw = hq.ack(name_of("loa"), LEDGER, through)
        self.receipts.on_ack(parse(open_envelope(raw).payload, Ack), self.mono)


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.receipts.on_connected(0)
    return desk


def test_they_leave_soon_in_order_and_once(desk: Desk) -> None:
    desk.add(3)
    assert desk.run(0.5) == [1, 2, 3]
    desk.ack(3)
    assert desk.run(3600) == [] and desk.flash.keys("receipts/") == []


def test_unacknowledged_ones_come_again_all_from_the_first_with_growing_patience(desk: Desk) -> None:
    desk.add(2)
    desk.run(1)
    desk.ack(1)
    assert desk.run(13) == [2]
    assert desk.run(14) == [] and desk.run(12) == [2]
    assert 5 <= len(desk.run(1_800)) <= 12


def test_no_more_than_a_window_ahead(desk: Desk) -> None:
    desk.add(80)
    assert desk.run(1) == list(range(1, 33))
    desk.ack(10)
    assert desk.run(1) == list(range(33, 43))
    desk.ack(42)
    assert desk.run(1) == list(range(43, 75))


def test_a_new_connection_says_all_of_them_again(desk: Desk) -> None:
    desk.add(3)
    desk.run(1)
    desk.receipts.on_disconnected()
    assert desk.run(3600) == []
    desk.receipts.on_connected(desk.mono)
    assert desk.run(1) == [1, 2, 3]


def test_numbers_go_on_after_a_reboot_acknowledged_or_not(desk: Desk) -> None:
    desk.add(3)
    desk.run(1)
    desk.ack(3)
    desk.reboot()
    desk.add(1)
    desk.reboot()
    desk.receipts.on_connected(desk.mono)
    desk.add(1)
    assert desk.run(1) == [4, 5]
    assert desk.receipts.ledger == LEDGER and desk.receipts.unacknowledged == 4


def test_a_report_is_said_at_once_then_counted() -> None:
    said = []
    reports = Reports(lambda code, count, about, mono: said.append((code, count, about)))
    reports.on_connected(0)
    for number in range(5):
        reports.add("bad_signature", f"topic {number}", number)
    reports.add("stale", "other", 5)
    assert said == [("bad_signature", 1, "topic 0"), ("stale", 1, "other")]
    reports.do_once(10 * SECOND + 10)
    assert said[2:] == [("bad_signature", 4, "topic 4")]
    reports.do_once(30 * SECOND)
    assert len(said) == 3 and reports.next_wakeup() is None


def test_reports_wait_for_a_connection_and_are_bounded() -> None:
    said = []
    reports = Reports(lambda code, count, about, mono: said.append((code, count)))
    for number in range(100):
        reports.add(f"code_{number}", "x" * 500, 0)
    assert not said
    reports.on_connected(0)
    reports.do_once(1)
    assert len(said) == 33 and ("others", 68) in said


def test_hello_once_per_connection_after_the_filters_are_granted() -> None:
    street = Street().joined()
    (hello,) = street.hellos
    assert (hello.config_seq, hello.trust_seq, hello.next_receipt, hello.unacknowledged) == (0, 1, 1, 1)
    assert not hello.clock_valid
    street.say(street.hq.play("news", street.tone(3), 3_000)).run(60)
    street.disconnect()
    street.run(5).connect().run(5)
    again = street.hellos[1]
    assert (again.boot, again.ledger) == (hello.boot, hello.ledger)
    assert (again.config_seq, again.next_receipt, again.unacknowledged, again.clock_valid) == (1, 4, 4, True)
    assert again.blobs == (street.tone(3),) and again.open_orders == ()


def test_hello_names_what_is_open() -> None:
    street = Street().joined()
    street.say(street.hq.play("news", street.tone(3), 3_000, start_at=after(60))).run(2).disconnect()
    street.run(1).connect().run(1)
    assert street.hellos[-1].open_orders == (name_of("news-1"),)


def test_hello_does_not_wait_for_ever_for_a_broker_that_grants_nothing() -> None:
    street = Street(refuses=lambda topic: True)
    street.power_on().connect().run(1)
    assert not street.hellos
    street.run(2)
    assert len(street.hellos) == 1


def test_state_is_online_and_the_last_will_says_the_contrary() -> None:
    street = Street().joined()
    (state,) = street.states
    topic, payload = street.speaker.last_will()
    will = parse(payload, State)
    assert topic == street.hq.topics.up(street.device, "state")
    assert (state.online, will.online) == (True, False) and will.boot == state.boot


def test_what_it_signs_is_signed_with_its_own_key() -> None:
    raw = []

    class Listening(Street):
        def publish(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
            raw.append((topic, payload, qos, retain))

    street = Listening()
    street.power_on().connect().run(3)
    said = {topic.rsplit("/", 1)[1]: (payload, qos, retain) for topic, payload, qos, retain in raw}
    payload, qos, retain = said["hello"]
    check_signature(open_envelope(payload), street.identity.key.verify_key)
    assert (qos, retain) == (1, False)
    assert said["state"][1:] == (1, True)


def test_the_heart_beats_at_the_configured_pace_with_plausible_values() -> None:
    street = Street().joined(heartbeat=10)
    street.run(10 * 60)
    assert 55 <= len(street.health) <= 62
    assert all(20 < one.temperature < 55 and 22 < one.supply < 26 and -110 < one.signal < -45 for one in street.health)
    assert street.health[-1].uptime >= 600 and street.health[-1].clock_error < 50_000


def test_a_village_does_not_beat_at_once() -> None:
    first = []
    for seed in range(20):
        street = Street(seed=seed).joined(heartbeat=60)
        street.run(61)
        first.append(street.health[0].uptime)
    assert max(first) - min(first) > 40


def test_health_says_what_plays() -> None:
    street = Street().joined(heartbeat=5)
    street.say(street.hq.play("news", street.tone(15), 15_000)).run(60)
    assert {one.playing for one in street.health} == {None, name_of("news-1")}


def test_filters_follow_the_configuration() -> None:
    street = Street().joined(areas=(("village", 0), ("commune", 5)))
    topics = street.hq.topics
    assert {topics.area_all(name_of("village")), topics.area_all(name_of("commune"))} <= set(street.filters)
    street.say(street.hq.config(street.device, 2, areas=(("commune", 5), ("province", 9)))).run(1)
    assert topics.area_all(name_of("village")) not in street.filters
    assert topics.area_all(name_of("province")) in street.filters


def test_who_has_moved_says_so_once() -> None:
    street = Street().joined(areas=(("village", 0), ("commune", 5)))
    street.say(street.hq.config(street.device, 2, areas=(("commune", 5), ("village", 0)))).run(1)
    assert [one.config_seq for one in street.hellos] == [0], "the same places"
    street.say(street.hq.config(street.device, 3, areas=(("commune", 5), ("province", 9)))).run(60)
    assert [one.config_seq for one in street.hellos] == [0, 3]


def test_what_still_comes_from_a_place_that_it_left_is_no_fault() -> None:
    street = Street().joined(areas=(("village", 0), ("commune", 5)))
    street.say(street.hq.config(street.device, 2, areas=(("commune", 5),))).run(1)
    street.deliver(*street.hq.play("news", street.tone(2), 2_000, area="village"))
    street.run(30)
    assert not street.started() and not street.reports
    street.deliver(*street.hq.play("news", street.tone(2), 2_000, area="elsewhere"))
    street.run(30)
    assert not street.started() and [one.code for one in street.reports] == ["wrong_place"]


# What lies in its folder


def test_an_identity_is_written_and_read(tmp_path: Path) -> None:
    identity = Headquarters().born("Loa 1")
    write_identity(tmp_path, identity)
    again = read_identity(tmp_path)
    assert again.birth == identity.birth and again.key.id == identity.key.id
    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("harm", ["birth.json", "key.pem", "fields", "key"])
def test_a_damaged_identity_is_refused(tmp_path: Path, harm: str) -> None:
    write_identity(tmp_path, Headquarters().born())
    if harm == "fields":
        (tmp_path / "birth.json").write_text('{"tenant": "x"}')
    elif harm == "key":
        (tmp_path / "key.pem").write_text("no key")
    else:
        (tmp_path / harm).unlink()
    with pytest.raises(BadIdentity):
        read_identity(tmp_path)


def test_a_trust_set_of_another_root_is_no_birth() -> None:
    born = Headquarters().born()
    stranger = Birth(**born.birth.model_dump() | {"root": key_of("stranger").verify_key.public})
    with pytest.raises(BadIdentity):
        Identity(stranger, born.key).born_trust()


def test_born_without_a_trust_set_it_learns_the_first_from_the_broker() -> None:
    hq = Headquarters()
    street = Street(hq=hq, identity=hq.born(with_trust=False))
    street.retained |= dict([hq.trust()])
    street.joined().say(hq.play("news", street.tone(3), 3_000)).run(60)
    assert street.end(name_of("news-1")).state == "played" and not street.reports


def test_a_torn_last_line_of_the_ledger_is_taken_off(tmp_path: Path) -> None:
    path = tmp_path / "loa" / "ledger.jsonl"
    ledger = FileLedger(path)
    assert ledger.append({"kind": "boot"}) and ledger.append({"kind": "started"})
    with path.open("ab") as file:
        file.write(b'{"kind": "en')
    again = FileLedger(path)
    assert again.append({"kind": "boot"})
    assert path.read_text().splitlines() == ['{"kind": "boot"}', '{"kind": "started"}', '{"kind": "boot"}']


def test_without_room_for_its_ledger_nothing_sounds() -> None:
    class FullLedger(MemoryLedger):
        def append(self, line: Line) -> bool:
            return False

    street = Street(ledger=FullLedger()).joined()
    street.say(street.hq.play("news", street.tone(3), 3_000)).run(60)
    assert (street.end(name_of("news-1")).state, street.end(name_of("news-1")).reason) == ("failed", "no_space")
