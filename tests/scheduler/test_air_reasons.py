"""Why it is quiet: the reasons agree with the timeline, and name the rules that would make it so alone."""

from itertools import pairwise

from hypothesis import given, settings

from devices.protocol.units import HOUR
from scheduler.air.presets import presets
from scheduler.air.reasons import reasons
from scheduler.air.rules import AirRules
from scheduler.air.timeline import resolve
from scheduler.recurrence.recurrence import Calendar
from tests.scheduler.test_air_timeline import cases, rules, us


@settings(max_examples=50)
@given(cases())
def test_reasons_agree_with_the_timeline(case: tuple[list[AirRules], Calendar, int, int]) -> None:
    said, calendar, begin, end = case
    named = {str(number): rule for number, rule in enumerate(said)}
    found, air = reasons(named, calendar, begin, end).stretches, resolve(said, calendar, begin, end)
    assert (found[0].begin, found[-1].end) == (begin, end)
    assert all(one.end == other.begin and one != other for one, other in pairwise(found))
    for stretch in found:
        assert air.cap(stretch.begin, stretch.end) == stretch.percent == air.cap(stretch.begin, stretch.begin)
        alone = {rule for rule in named if resolve([named[rule]], calendar, begin, end).cap(stretch.begin, stretch.end)
                 == stretch.percent}  # fmt: skip
        assert set(stretch.because) == (alone if stretch.percent < 100 else set())


def test_the_budget_names_all_that_set_it() -> None:
    named = {"a": rules(budget_minutes=30), "b": rules(budget_minutes=60), "c": rules(budget_minutes=30), "d": rules()}
    found = reasons(named, {}, us("2026-11-23"), us("2026-11-24"))
    assert (found.budget_ms, found.budget_because) == (1_800_000, ("a", "c"))
    none = reasons({}, {}, us("2026-11-23"), us("2026-11-24"))
    assert (none.budget_ms, none.budget_because, none.stretches[0].percent) == (None, (), 100)


def test_presets_leave_the_air_to_morning_and_evening_bulletins() -> None:
    """Bulletins of 05:15 and 17:00 may sound in a village; near a hospital only the later one, softly."""
    morning, evening = us("2026-11-23 05:15"), us("2026-11-23 17:00")
    airs = {code: resolve([preset.rules], {}, us("2026-11-23"), us("2026-11-24")) for code, preset in presets().items()}
    caps = {code: [air.cap(at, at + HOUR // 2) for at in (morning, evening)] for code, air in airs.items()}
    assert caps == {"national": [60, 100], "school": [100, 100], "hospital": [0, 40]}
    assert airs["school"].cap(us("2026-11-23 09:00"), us("2026-11-23 09:30")) == 0
    summer = resolve([presets()["school"].rules], {}, us("2026-07-06"), us("2026-07-07"))
    assert summer.cap(us("2026-07-06"), us("2026-07-07")) == 100
