"""The planner: nothing overlaps, nothing sounds in silence, no day gets too much, and everybody is accounted for."""

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

from hypothesis import given, settings
from hypothesis import strategies as st

from devices.protocol.units import DAY, HOUR, MINUTE, SECOND
from scheduler.air.timeline import FREE, Air
from scheduler.planner.diary import BETWEEN, TURN
from scheduler.planner.entries import Entry, Outcome, Reason, Slot, Sound, Taken
from scheduler.planner.planning import plan
from scheduler.planner.precedence import Decision
from scheduler.recurrence.recurrence import Moment

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MIDNIGHTS = tuple(day * DAY for day in range(12))


def at(instant: int) -> Moment:
    return Moment(EPOCH + timedelta(microseconds=instant))


def entry(name: str, *times: int, length: int = MINUTE, hearers: Sequence[int] = (0,), **fields: object) -> Entry:
    sound = Sound(f"sound of {name}", length, length)
    given = {"rank": "normal", "level": 1, "since": 0, "max_late": 10 * MINUTE} | fields
    return Entry(id=name, moments=[at(one) for one in times], audience=dict.fromkeys(hearers, sound), **given)  # type: ignore[arg-type]


def starts(outcome: Outcome) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for slot in outcome.slots:
        found[slot.entry].append(slot.start_at)
    return found


def test_the_older_one_keeps_its_time_and_the_newer_waits() -> None:
    old, new = entry("old", HOUR, since=1), entry("new", HOUR + 30 * SECOND, since=2)
    outcome = plan([new, old], [], [FREE])
    assert starts(outcome) == {"old": [HOUR], "new": [HOUR + MINUTE + BETWEEN]}
    assert {slot.entry: slot.after for slot in outcome.slots} == {"old": "", "new": "old"}


def test_who_waits_longer_than_its_lateness_stays_silent_and_says_for_whom() -> None:
    long = entry("long", HOUR, length=20 * MINUTE)
    late = entry("late", HOUR + MINUTE, since=5)
    outcome = plan([long, late], [], [FREE])
    assert [(one.entry, one.reason, one.by) for one in outcome.silences] == [("late", Reason.NO_ROOM, "long")]


def test_priority_goes_first_however_new_it_is() -> None:
    outcome = plan([entry("daily", HOUR, level=9), entry("urgent", HOUR, since=9, rank="priority")], [], [FREE])
    assert starts(outcome) == {"urgent": [HOUR], "daily": [HOUR + MINUTE + BETWEEN]}


def test_a_commune_decides_on_its_own_priority_item_against_that_from_above() -> None:
    above = entry("above", HOUR, rank="priority", level=1, since=1)
    own = entry("own", HOUR, rank="priority", level=2, since=2)
    assert starts(plan([above, own], [], [FREE])) == {"own": [HOUR], "above": [HOUR + MINUTE + BETWEEN]}
    decided = plan([above, own], [], [FREE], [Decision("above", "own", "append")])
    assert starts(decided) == {"above": [HOUR], "own": [HOUR + MINUTE + BETWEEN]}
    overwritten = plan([above, own], [], [FREE], [Decision("above", "own", "leave_out")])
    assert starts(overwritten) == {"above": [HOUR]}
    assert [(one.entry, one.reason, one.by) for one in overwritten.silences] == [("own", Reason.CLASH, "above")]


def test_no_decision_lifts_a_normal_one_over_a_priority_one() -> None:
    both = [entry("normal", HOUR), entry("priority", HOUR, rank="priority")]
    decided = plan(both, [], [FREE], [Decision("normal", "priority", "leave_out")])
    assert starts(decided) == {"priority": [HOUR], "normal": [HOUR + MINUTE + BETWEEN]}


def test_only_who_is_spoken_to_twice_waits() -> None:
    local, wide = entry("local", HOUR, hearers=[1], since=1), entry("wide", HOUR, hearers=[0, 1, 2], since=2)
    slots = [(slot.entry, slot.start_at, sorted(slot.hearers)) for slot in plan([local, wide], [], [FREE] * 3).slots]
    assert slots == [
        ("local", HOUR, [1]), ("wide", HOUR, [0, 2]), ("wide", HOUR + MINUTE + BETWEEN, [1]),
    ]  # fmt: skip


def test_a_quarter_past_three_is_silent_with_words() -> None:
    night = Air(((0, 0), (5 * HOUR, 100), (21 * HOUR, 0)), MIDNIGHTS)
    outcome = plan([entry("wrong", 3 * HOUR + 15 * MINUTE), entry("edge", 21 * HOUR - 30 * SECOND)], [], [night])
    assert not outcome.slots
    assert {(one.entry, one.reason) for one in outcome.silences} == {
        ("wrong", Reason.QUIET_HOURS), ("edge", Reason.QUIET_HOURS),
    }  # fmt: skip


def test_a_days_minutes_go_to_the_first_by_precedence_and_begin_anew_at_midnight() -> None:
    ten = Air(((0, 100),), MIDNIGHTS, 10 * 60_000)
    first = entry("first", 8 * HOUR, DAY + 8 * HOUR, length=6 * MINUTE, since=1)
    second = entry("second", 7 * HOUR, DAY + 7 * HOUR, length=6 * MINUTE, since=2)
    short = entry("short", 9 * HOUR, length=4 * MINUTE, since=3)
    outcome = plan([second, short, first], [], [ten])
    assert starts(outcome) == {"first": [8 * HOUR, DAY + 8 * HOUR], "short": [9 * HOUR]}
    assert [(one.entry, one.reason) for one in outcome.silences] == [("second", Reason.BUDGET)] * 2


def test_what_is_ordered_already_stays_where_it_is() -> None:
    single = Taken("single", HOUR, HOUR + 5 * MINUTE, 5 * MINUTE, frozenset({0}))
    outcome = plan([entry("daily", HOUR + MINUTE, hearers=[0, 1], rank="priority")], [single], [FREE, FREE])
    assert [(slot.start_at, sorted(slot.hearers), slot.after) for slot in outcome.slots] == [
        (HOUR + MINUTE, [1], ""), (HOUR + 5 * MINUTE + BETWEEN, [0], "single"),
    ]  # fmt: skip


def test_days_left_out_are_said_with_their_name() -> None:
    tet = Entry("news", "normal", 1, 0, 0, [Moment(EPOCH, "day_off", "Tết")], {0: Sound("a", 1, 1)})
    assert [(one.reason, one.by) for one in plan([tet], [], [FREE]).silences] == [(Reason.DAY_OFF, "Tết")]


def test_turn_b_begins_when_all_of_turn_a_is_over() -> None:
    waits = entry("local", HOUR, hearers=[1], since=-1)
    outcome = plan([waits, entry("wide", HOUR, hearers=[0, 1, 2], second=frozenset({2}))], [], [FREE] * 3)
    later = HOUR + MINUTE + BETWEEN
    assert [(slot.start_at, slot.turn_at, sorted(slot.hearers), slot.after) for slot in outcome.slots[1:]] == [
        (HOUR, HOUR, [0], ""), (later, HOUR, [1], "local"), (later + MINUTE + TURN, later + MINUTE + TURN, [2], ""),
    ]  # fmt: skip


def test_lateness_silence_and_budget_of_turn_b_count_from_its_turn() -> None:
    turn = HOUR + MINUTE + TURN
    early, late = (
        Taken(name, HOUR, turn + wait, MINUTE, frozenset({1})) for name, wait in (("early", MINUTE), ("late", HOUR))
    )
    wide = entry("wide", HOUR, hearers=[0, 1], second=frozenset({1}), max_late=2 * MINUTE)
    assert starts(plan([wide], [early], [FREE] * 2))["wide"] == [HOUR, turn + MINUTE + BETWEEN]
    silent = plan([wide], [late], [FREE] * 2).silences
    assert [(one.reason, one.nominal_at, one.hearers) for one in silent] == [(Reason.NO_ROOM, HOUR, frozenset({1}))]
    night, short = Air(((0, 100), (turn + SECOND, 0)), MIDNIGHTS), Air(((0, 100),), MIDNIGHTS, 59_000)
    for air, reason in ((night, Reason.QUIET_HOURS), (short, Reason.BUDGET)):
        outcome = plan([wide], [], [FREE, air])
        assert starts(outcome)["wide"] == [HOUR] and [one.reason for one in outcome.silences] == [reason]


def test_where_nobody_speaks_in_turn_a_turn_b_keeps_the_time() -> None:
    alone = entry("alone", HOUR, hearers=[0, 1], second=frozenset({1}))
    assert starts(plan([alone], [], [Air(((0, 0),), MIDNIGHTS), FREE])) == {"alone": [HOUR]}


def test_the_next_time_of_turn_a_waits_for_turn_b_that_is_ordered_already() -> None:
    ordered = Taken("order", HOUR, HOUR + MINUTE, MINUTE, frozenset({1}), "often")
    outcome = plan([entry("often", HOUR, hearers=[0, 1], second=frozenset({1}))], [ordered], [FREE] * 2)
    assert starts(outcome)["often"][0] == HOUR + MINUTE + TURN and outcome.slots[0].after == "order"


CAPS = st.lists(st.tuples(st.integers(0, 3 * DAY), st.sampled_from([0, 0, 40, 100])), max_size=8)


SINGLES = st.tuples(st.integers(0, 250_000), st.integers(1, 3_000), st.sets(st.integers(0, 3)))


@st.composite
def airs(draw: st.DrawFn) -> Air:
    steps = {0: 100} | dict(draw(CAPS))
    caps, last = [], None
    for instant in sorted(steps):
        if steps[instant] != last:
            caps.append((instant, last := steps[instant]))
    return Air(tuple(caps), MIDNIGHTS, draw(st.none() | st.integers(1, 60 * 60_000)))


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    sounds = [
        None if length is None else Sound(f"s{length}", length * SECOND, length * SECOND)
        for length in draw(st.lists(st.none() | st.integers(1, 3_000), min_size=1, max_size=2))
    ]
    hearers = draw(st.lists(st.integers(0, 3), min_size=1, unique=True))
    second = draw(st.frozensets(st.sampled_from(hearers)))
    span = draw(st.sampled_from([3 * 86_400, 3_600]))
    return Entry(
        id=f"p{draw(st.integers(0, 10**6))}", rank=draw(st.sampled_from(["normal", "priority"])),
        level=draw(st.integers(1, 3)), since=draw(st.integers(0, 5)), max_late=draw(st.integers(0, 3_600)) * SECOND,
        moments=[at(one * SECOND) for one in draw(st.lists(st.integers(0, span), max_size=6, unique=True))],
        audience={hearer: sounds[place % len(sounds)] for place, hearer in enumerate(hearers)},
        second=second,
    )  # fmt: skip


@st.composite
def days(draw: st.DrawFn) -> tuple[list[Entry], list[Taken], list[Air], list[Decision]]:
    asked = draw(st.lists(entries(), max_size=8, unique_by=lambda one: one.id))
    taken = [
        Taken(f"t{place}", begin * SECOND, (begin + length) * SECOND, length * SECOND, frozenset(who))
        for place, (begin, length, who) in enumerate(
            draw(
                st.lists(
                    st.tuples(st.integers(0, 250_000), st.integers(1, 3_000), st.sets(st.integers(0, 3))), max_size=3
                )
            )
        )
    ]
    names = [one.id for one in asked]
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(names), st.sampled_from(["append", "leave_out"]))
    decided = [Decision(*one) for one in draw(st.lists(pairs, max_size=3))] if names else []  # type: ignore[arg-type]
    return asked, taken, [draw(airs()) for _ in range(4)], decided


@settings(max_examples=300, deadline=None)
@given(days())
def test_whatever_is_asked_for_nothing_overlaps_and_every_rule_holds(
    case: tuple[list[Entry], list[Taken], list[Air], list[Decision]],
) -> None:
    asked, taken, over, decided = case
    outcome = plan(asked, taken, over, decided)
    for hearers, air in enumerate(over):
        mine = [slot for slot in outcome.slots if hearers in slot.hearers]
        _nothing_overlaps(mine, [one for one in taken if hearers in one.hearers])
        assert all(air.cap(slot.start_at, slot.ends_at) > 0 for slot in mine)
        _within_budget(mine, air)
    latest = {one.id: one.max_late for one in asked}
    for slot in outcome.slots:
        assert slot.nominal_at <= slot.turn_at <= slot.start_at <= slot.turn_at + latest[slot.entry]
    for one in asked:
        _neighbours_take_turns(one, [slot for slot in outcome.slots if slot.entry == one.id])
    _everybody_is_accounted_for(asked, outcome)
    assert plan(list(reversed(asked)), list(reversed(taken)), over, list(reversed(decided))) == outcome


def _nothing_overlaps(slots: list[Slot], taken: list[Taken]) -> None:
    spoken = sorted((slot.start_at, slot.ends_at) for slot in slots)
    assert all(end + BETWEEN <= begin for (_, end), (begin, _) in pairwise(spoken))
    for begin, end in spoken:
        assert all(begin >= one.ends_at + BETWEEN or one.start_at >= end + BETWEEN for one in taken)


def _neighbours_take_turns(asked: Entry, slots: list[Slot]) -> None:
    """Nobody of turn A speaks while anybody of turn B does."""
    turns: tuple[list[Slot], list[Slot]] = ([], [])
    for slot in slots:
        assert slot.hearers <= asked.second or not slot.hearers & asked.second
        turns[slot.hearers <= asked.second].append(slot)
    for one, other in product(*turns):
        first, second = sorted((one, other), key=lambda slot: slot.start_at)
        assert first.ends_at + TURN <= second.start_at
    for other in turns[1]:
        assert other.turn_at == other.nominal_at or any(
            one.nominal_at == other.nominal_at and one.start_at < other.turn_at for one in turns[0]
        )


def _within_budget(slots: list[Slot], air: Air) -> None:
    if air.budget_ms is not None:
        heard: dict[int, int] = defaultdict(int)
        for slot in slots:
            heard[air.day(slot.start_at)] += slot.sound.heard
        assert all(sum_ <= air.budget_ms * 1_000 for sum_ in heard.values())


def _everybody_is_accounted_for(asked: list[Entry], outcome: Outcome) -> None:
    """Each time of each entry, for each of its hearers, is a slot or a silence, and only one of them."""
    told = [(one.entry, one.nominal_at, who) for one in (*outcome.slots, *outcome.silences) for who in one.hearers]
    wanted = [
        (one.id, int(m.at.timestamp()) * SECOND, who) for one in asked for m in one.moments for who in one.audience
    ]
    assert sorted(told) == sorted(wanted)


def test_a_province_for_a_week_is_planned_quickly() -> None:
    """500 programmes, some for 150 groups of hearers that differ; the figure itself stands in docs/performance.md."""
    groups, week = 150, [day * DAY for day in range(9)]
    steps = [step for day in week for step in ((day, 0), (day + 5 * HOUR, 100), (day + 21 * HOUR, 0))]
    night = Air(tuple(steps), MIDNIGHTS, 7_200_000)
    wide = [entry(f"w{n}", *(day + (5 + n) * HOUR for day in week[:7]), hearers=range(groups)) for n in range(12)]
    local = [
        entry(f"l{n}", *(day + 6 * HOUR + n * MINUTE for day in week[:7]), hearers=[n % groups], since=1)
        for n in range(488)
    ]
    begin = time.thread_time()
    outcome = plan(wide + local, [], [night] * groups)
    assert time.thread_time() - begin < 10 and len(outcome.slots) > 3_000
