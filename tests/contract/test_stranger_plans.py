"""Our own speaker and one written from docs/protocol.md alone are given the same plans, and say the same."""

from collections.abc import Callable

import pytest

from devices.protocol.units import SECOND
from tests.contract.stranger import Stranger, empty_flash
from tests.firmware_sim.headquarters import Slot, after, name_of, piece_of
from tests.firmware_sim.street import ENDS, Street


class StrangersSpeaker:
    """A stranger that is spoken to as our own speaker is."""

    def __init__(self, street: Street, flash: dict) -> None:
        identity = street.identity
        birth = {"tenant": identity.tenant, "device": identity.device, "root": identity.birth.root}
        secret = identity.key._key.private_bytes_raw()
        self._street = street
        self.machine = Stranger(birth | {"trust": identity.birth.trust}, secret, self._emit, flash=flash)
        for ours, theirs in {"on_connected": "connected", "on_disconnected": "disconnected", "do_once": "wake"}.items():
            setattr(self, ours, getattr(self.machine, theirs))
        self.on_message, self.on_suback = self.machine.message, self.machine.granted
        self.next_wakeup = self.machine.next_wake

    def _emit(self, step: dict) -> None:
        street = self._street
        if step["out"] == "publish":
            street.publish(step["topic"], step["bytes"], step["qos"], step["retained"])
        elif step["out"] == "subscribe":
            street.subscribe(step["topic"], step["qos"])
        else:
            street.unsubscribe(step["topic"])


class StrangersStreet(Street):
    def power_on(self) -> Street:
        self.memory = getattr(self, "memory", None) or empty_flash(name_of("ledger"))
        super().power_on()
        self.speaker = StrangersSpeaker(self, self.memory)
        return self


def plan(street: Street, seq: int, *slots: Slot, **changes: object) -> Street:
    return street.say(street.hq.plan(street.device, seq, slots, **changes), retain=True)


def tone(street: Street, seconds: int, **changes: object):
    return piece_of(street.tone(seconds), seconds, **changes)


def airings(street: Street) -> None:
    plan(street, 1, Slot("a", tone(street, 4), 30), Slot("b", tone(street, 4), 60), Slot("c", tone(street, 2), -900))
    street.run(90)


def absence(street: Street) -> None:
    plan(street, 1, Slot("a", tone(street, 20), 30), Slot("b", tone(street, 4), 60))
    street.run_until(after(35))
    plan(street, 2, Slot("c", tone(street, 4), 70))
    street.run(60)


def too_late_to_cancel(street: Street) -> None:
    plan(street, 1, Slot("a", tone(street, 20, lives=20_000), 30))
    street.run_until(after(35))
    plan(street, 2, issued_at=after(51)).run(60)


def versions(street: Street) -> None:
    long, short = tone(street, 20), tone(street, 4)
    plan(street, 1, Slot("a", long, 30), Slot("b", long, 80))
    street.run_until(after(35))
    plan(street, 2, Slot("a2", short, 45, ("a",)), Slot("b2", short, 85, ("b",)), Slot("b3", short, 110, ("b2",)))
    street.run(100)


def conflict(street: Street) -> None:
    plan(street, 1, Slot("a", tone(street, 4), 30)).run(5)
    plan(street, 2, Slot("a", tone(street, 4), 40), Slot("b", tone(street, 4), 50)).run(5)
    plan(street, 1).run(60)


def silence(street: Street) -> None:
    slots = [Slot("a", tone(street, 20), 30), Slot("b", tone(street, 4), 42), Slot("c", tone(street, 4), 60)]
    plan(street, 1, *slots, caps=[(-3_600, 100), (40, 0), (45, 50)])
    street.say(street.hq.play("news", street.tone(4), 4_000, start_at=after(41), max_late=60_000)).run(90)


def a_new_silence(street: Street) -> None:
    plan(street, 1, Slot("a", tone(street, 20), 30))
    street.run_until(after(33))
    plan(street, 2, Slot("a", tone(street, 20), 30), caps=[(-3_600, 100), (40, 0)]).run(60)


def lost_repeats(street: Street) -> None:
    plan(street, 1, Slot("a", tone(street, 4, repeats=2, gap=10_000), 30), caps=[(-3_600, 100), (40, 0)]).run(60)


def plan_over(street: Street) -> None:
    plan(street, 1, valid_to=after(20))
    street.say(street.hq.play("news", street.tone(4), 4_000)).run(60)


def budget(street: Street) -> None:
    four, eight = tone(street, 4), tone(street, 8)
    slots = [Slot("a", four, 30), Slot("b", eight, 50), Slot("c", four, 70), Slot("d", four, 80)]
    plan(street, 1, *slots, budget=13_000)
    street.say(street.hq.play("news", street.tone(4), 4_000, start_at=after(40))).run(100)


def after_a_power_cut(street: Street) -> None:
    plan(street, 1, Slot("a", tone(street, 4), 30), Slot("b", tone(street, 4), 60), budget=6_000).run_until(after(40))
    street.power_cut()
    street.run(3).power_on().connect().run(60)


def gone(street: Street) -> None:
    wrong, right = tone(street, 5), tone(street, 4)
    plan(street, 1, Slot("a", wrong, 40), Slot("b", right, 60)).run(20)
    plan(street, 2, Slot("b", right, 60), gone=(wrong.sha256,)).run(60)


def gone_after_an_order(street: Street) -> None:
    wrong = street.tone(20)
    street.say(street.hq.play("news", wrong, 20_000)).run(5)
    plan(street, 1, gone=(wrong,)).run_until(after(35))
    street.say(street.hq.stop("news")).run(30)


def gone_after_a_power_cut(street: Street) -> None:
    wrong = street.tone(4)
    street.say(street.hq.play("news", wrong, 4_000)).run(5)
    plan(street, 1, gone=(wrong,)).run(5)
    street.power_cut()
    street.run(3).power_on().connect().run(60)


SCENES = [
    airings, absence, too_late_to_cancel, versions, conflict, silence, a_new_silence, lost_repeats, plan_over, budget,
    after_a_power_cut, gone, gone_after_an_order, gone_after_a_power_cut,
]  # fmt: skip


def told(street: Street) -> tuple[dict, list[str], int, tuple[str, ...]]:
    """Ends with what was heard (to half a second), reports, and the plan that it says it holds, with what it erased."""
    ends = {
        receipt.occurrence: (receipt.state, receipt.reason, round(receipt.heard / 500))
        for receipt in street.receipts
        if receipt.state in ENDS
    }
    return ends, [report.code for report in street.reports], street.plan_acks[-1].seq, street.plan_acks[-1].gone


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_both_say_the_same(scene: Callable[[Street], None]) -> None:
    ours, theirs = Street().joined(), StrangersStreet().joined()
    scene(ours)
    scene(theirs)
    assert told(ours) == told(theirs)
    assert told(ours)[0]


def test_both_fetch_ahead_the_same_and_say_what_they_lack() -> None:
    found = []
    for street in (Street().joined(), StrangersStreet().joined()):
        blobs = [street.blob(bytes([number]) * 9_000, 4_000) for number in range(4)]
        slots = [Slot(str(n), piece_of(blob, 4, size=9_000), 3_600 * (1 + 2 * n)) for n, blob in enumerate(blobs)]
        plan(street, 1, *slots, stage=20_000).run(2_000)
        early = street.plan_acks[-1].missing
        street.run_until(after(5 * 3_600) + 1_000 * SECOND)
        found.append((early, street.plan_acks[-1].missing, blobs[3]))
    assert found[0] == found[1]
    assert found[0][0] == (found[0][2],) and found[0][1] == ()


def test_a_stranger_erases_before_it_says_so() -> None:
    street = StrangersStreet().joined()
    half, whole = street.blob(bytes(90_000), 4_000), street.tone(4)
    street.loses = lambda topic: topic.endswith(f"{half}/9")
    plan(street, 1, Slot("a", piece_of(half, 4), 1_200), Slot("b", piece_of(whole, 4), 1_300)).run(700)
    assert street.memory["chunks"][half] and whole in street.memory["blobs"]
    plan(street, 2, gone=tuple(sorted((half, whole)))).run(30)
    assert set(street.plan_acks[-1].gone) == {half, whole}
    assert not street.memory["blobs"] and not street.memory["chunks"]
