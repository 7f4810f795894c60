"""A plan fits into one message, whatever is planned: it says less, never something wrong."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.keyring import Keyring
from controller.programmes.plan_message import MOST_AIRINGS, MOST_CAPS, MOST_PIECES, Content, Planned, content
from devices.protocol.signing import MAX_MESSAGE_BYTES
from devices.protocol.units import DAY, HOUR, MINUTE
from firmware_sim.airrules import rules_of
from firmware_sim.village.office import Office
from firmware_sim.village.virtual_time import START
from scheduler.air.timeline import FREE, Air

END = START + 7 * DAY
DEVICE = f"{1:08x}-0000-4000-8000-000000000000"


def planned(number: int, start_at: int, piece: int = 0, instead: int = 0) -> Planned:
    names = [f"{number:08x}-0000-4000-8000-{other:012x}" for other in range(instead + 1)]
    return Planned(
        names[0], start_at, start_at + HOUR, f"{piece:064x}", 78_000_000, 60_000, 600_000, "priority", 100, 20, 2_000,
        tuple(names[1:]),
    )  # fmt: skip


def every(minutes: int, count: int, **fields: int) -> list[Planned]:
    return [planned(number, START + number * minutes * MINUTE, **fields) for number in range(count)]


def said(found: Content, keys: Keyring) -> int:
    return len(keys.sign(found.addressed(keys.tenant, DEVICE, START)))


def test_what_fits_is_said_whole(office: Office) -> None:
    found = content(reversed(every(30, 200)), FREE, START, END, 20_000_000)
    assert len(found.airings) == 200 and found.valid_to == END
    assert said(found, office.keyring) <= found.size <= said(found, office.keyring) + 100


def test_a_plan_that_many_edits_have_made_long_ends_where_it_is_full(office: Office) -> None:
    found = content(every(30, 256, instead=8), FREE, START, END, 20_000_000)
    count = len(found.airings)
    assert 200 < count < 256 and found.valid_to == START + count * 30 * MINUTE
    assert MAX_MESSAGE_BYTES - 800 < said(found, office.keyring) <= MAX_MESSAGE_BYTES


@pytest.mark.parametrize(("many", "most"), [(every(10, 300), MOST_AIRINGS), (
    [planned(number, START + number * HOUR, number) for number in range(140)], MOST_PIECES
)])  # fmt: skip
def test_a_plan_ends_before_the_airing_that_it_has_no_place_for(many: list[Planned], most: int) -> None:
    found = content(many, FREE, START, END, 0)
    assert len(found.airings) == most and found.valid_to == many[most].start_at


def test_a_plan_ends_before_the_cap_that_it_has_no_place_for() -> None:
    steps = Air(tuple((START - HOUR + place * 20 * MINUTE, 50 + place % 2) for place in range(600)))
    found = content(every(60, 100), steps, START, END, 0)
    assert len(found.rules.caps) == MOST_CAPS
    assert found.valid_to == START + MOST_CAPS * 20 * MINUTE
    assert found.airings[-1].start_at < found.valid_to <= found.airings[-1].start_at + HOUR


def test_what_begins_after_the_plan_is_left_out() -> None:
    waits = [*every(60, 2), planned(9, END + MINUTE)]
    assert [one.start_at for one in content(waits, FREE, START, END, 0).airings] == [START, START + HOUR]


@st.composite
def weeks(draw: st.DrawFn) -> tuple[list[Planned], Air]:
    starts = draw(st.sets(st.integers(-60, 8 * 24 * 60), max_size=40)) | set(
        range(0, draw(st.integers(0, 400)) * 20, 20)
    )
    instead, pieces = draw(st.integers(0, 8)), draw(st.integers(1, 150))
    many = [planned(at + 60, START + at * MINUTE, at % pieces, instead) for at in starts]
    step = draw(st.integers(5, 600))
    caps = [(START + (place * step - 600) * MINUTE, place % 3) for place in range(draw(st.integers(1, 700)))]
    return many, Air(tuple(caps))


@settings(max_examples=40, deadline=None)
@given(weeks(), st.integers(0, 64))
def test_whatever_is_planned_the_plan_is_whole_up_to_its_end(week: tuple[list[Planned], Air], erased: int) -> None:
    many, air = week
    found = content(many, air, START, END, 0, tuple(f"{number:064x}" for number in range(1_000, 1_000 + erased)))
    assert found.size <= MAX_MESSAGE_BYTES and START < found.valid_to <= END
    told = found.addressed(DEVICE, DEVICE, START)
    assert len(told.gone) == erased
    assert {one.order for one in told.airings} == {one.order for one in many if one.start_at < told.valid_to}
    rules = rules_of(told)
    ends = [START, *(cap.at for cap in told.rules.caps), told.valid_to - 1]
    assert all(earlier <= later for earlier, later in pairwise(ends))
    assert all(rules.cap(at) == air.cap(at, at) for at in ends)
    assert rules.cap(told.valid_to) == 0
