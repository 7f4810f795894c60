"""What of a plan's audio is fetched ahead: as much as the plan allows and the flash has room for, the rest in time."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.protocol.codec import parse
from devices.protocol.messages.plans import Plan
from devices.protocol.signing import open_envelope
from devices.protocol.units import HOUR, SECOND
from firmware_sim.airings import entries
from firmware_sim.memory_flash import MemoryFlash
from firmware_sim.wants import AHEAD, Store, is_far, missing, next_near, staged, wants
from tests.firmware_sim.headquarters import T0, Headquarters, Slot, after, name_of, piece_of
from tests.firmware_sim.street import Street

KIB = 1024


def sha(number: int) -> str:
    return f"{number:064x}"


def a_plan(*airings: tuple[int, int, float], stage: int) -> Plan:
    """Airings by number of blob, size and start, s."""
    slots = [
        Slot(f"{number} {place}", piece_of(sha(number), 4, size=size), start)
        for place, (number, size, start) in enumerate(airings)
    ]
    _, payload = Headquarters().plan(name_of("loa"), 1, slots, stage=stage)
    return parse(open_envelope(payload).payload, Plan)


FAR = 3 * 3_600
AIRINGS = st.lists(
    st.tuples(st.integers(0, 9), st.just(100), st.integers(0, 40_000)), max_size=20, unique_by=lambda one: one[2]
)


@given(AIRINGS, st.integers(0, 1_200), st.sets(st.integers(0, 9)), st.integers(0, 1_500))
def test_what_is_ahead_stays_within_the_stage_and_the_flash(
    airings: list, stage: int, held: set[int], capacity: int
) -> None:
    plan = a_plan(*airings, stage=stage)
    whole = {sha(number) for number in held}
    chosen = staged(plan, whole, T0)
    assert len(chosen) * 100 <= stage and not chosen & whole
    store = Store(capacity, dict.fromkeys(whole, 100), whole, chosen)
    found = wants(entries(plan), (), store, T0)
    near = {entry.play.sha256 for entry in entries(plan) if not is_far(entry, T0)}
    ahead = {want.sha256 for want in found if want.ahead}
    assert {want.sha256 for want in found} - ahead == near
    assert not ahead or (len(near) + len(ahead)) * 100 <= capacity
    assert ahead <= chosen | whole


def test_what_is_needed_first_is_staged_first_and_each_blob_counts_once() -> None:
    plan = a_plan((3, 100, FAR + 3), (1, 100, FAR + 1), (2, 100, FAR + 2), (1, 100, FAR + 9), stage=250)
    assert staged(plan, (), T0) == {sha(1), sha(2)}
    assert staged(plan, {sha(1)}, T0) == {sha(2), sha(3)}
    assert staged(plan, (), None) == {sha(1), sha(2)}


def test_what_is_due_within_two_hours_is_wanted_whatever_the_stage() -> None:
    plan = a_plan((1, 100, AHEAD // SECOND), (2, 100, AHEAD // SECOND + 1), stage=0)
    store = Store(0, {}, (), staged(plan, (), T0))
    assert [want.sha256 for want in wants(entries(plan), (), store, T0)] == [sha(1)]
    assert next_near(entries(plan), T0) == T0 + SECOND
    assert [want.sha256 for want in wants(entries(plan), (), store, T0 + SECOND)] == [sha(1), sha(2)]


def test_missing_blobs_come_in_order_of_need() -> None:
    plan = a_plan((2, 1, 50), (1, 1, 40), (3, 1, 60), (1, 1, 70), stage=0)
    assert missing(entries(plan), {sha(3)}) == [sha(1), sha(2)]


# On the street


def noise(street: Street, seed: int, size: int = 40 * KIB) -> str:
    return street.blob(random.Random(seed).randbytes(size), 4_000)


def slots(street: Street, blobs: list[str], *starts: float, size: int = 40 * KIB) -> list[Slot]:
    return [
        Slot(f"airing {number}", piece_of(blob, 4, size=size), start)
        for number, (blob, start) in enumerate(zip(blobs, starts, strict=True))
    ]


def say(street: Street, airings: list[Slot], seq: int = 1, **changes: object) -> None:
    street.say(street.hq.plan(street.device, seq, airings, **changes), retain=True)


def test_the_rest_comes_two_hours_before_its_start() -> None:
    street = Street().joined()
    blobs = [noise(street, seed) for seed in range(3)]
    say(street, slots(street, blobs, 4 * 3_600, 5 * 3_600, 6 * 3_600), stage=50 * KIB)
    street.run(700)
    assert [street.flash.has(blob) for blob in blobs] == [True, False, False]
    street.run_until(after(3 * 3_600 - 10))
    assert [street.flash.has(blob) for blob in blobs] == [True, False, False]
    street.run(700)
    assert [street.flash.has(blob) for blob in blobs] == [True, True, False]


def test_a_newer_plan_with_the_same_airings_may_allow_more() -> None:
    street = Street().joined()
    airings = slots(street, [noise(street, 1)], 6 * 3_600)
    say(street, airings, stage=0)
    street.run(700)
    assert not street.flash.whole()
    say(street, airings, seq=2, stage=100 * KIB)
    street.run(700)
    assert street.flash.whole() and len(street.plan_acks) == 3


@pytest.mark.parametrize("rooms", [1, 2])
def test_a_full_flash_never_refuses_what_is_far_ahead(rooms: int) -> None:
    street = Street(flash=MemoryFlash(rooms * 45 * KIB)).joined()
    blobs = [noise(street, seed) for seed in range(4)]
    say(street, slots(street, blobs, *(HOUR // SECOND * (4 + number) for number in range(4))))
    street.run(1_500)
    assert [street.flash.has(blob) for blob in blobs] == [number < rooms for number in range(4)]
    assert not street.reports and {receipt.state for receipt in street.receipts} == {"have"}


def test_what_is_ahead_gives_way_to_an_order() -> None:
    street = Street(flash=MemoryFlash(50 * KIB)).joined()
    ahead = noise(street, 1)
    say(street, slots(street, [ahead], 4 * 3_600))
    street.run(700)
    assert street.flash.has(ahead)
    begin = street.now + 60 * SECOND
    street.hq.now = street.now
    street.say(street.hq.play("news", street.tone(4), 4_000, start_at=begin, expires_at=begin + 60 * SECOND)).run(120)
    assert street.end(name_of("news-1")).state == "played"
    assert not street.reports and street.words(name_of("airing 0")) == ["have"]


def test_within_two_hours_what_does_not_fit_is_refused() -> None:
    street = Street(flash=MemoryFlash(50 * KIB)).joined()
    blobs = [noise(street, seed) for seed in range(2)]
    say(street, slots(street, blobs, 3_600, 3_700))
    street.run(1_500)
    ends = [receipt for receipt in street.receipts if receipt.state != "have"]
    assert [(receipt.state, receipt.reason) for receipt in ends] == [("refused", "no_space")]
