"""Rules of the air become the timeline that clocks on the wall would show, in every zone and on every day."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from devices.protocol.units import DAY, HOUR, MINUTE
from scheduler.air.rules import AirRules, Season, Window
from scheduler.air.timeline import FREE, Air, resolve
from scheduler.errors import ZoneUnknown
from scheduler.recurrence.recurrence import Calendar, SpecialDay
from scheduler.recurrence.weekdays import Weekday

NIGHT = {"begin": "21:00", "end": "05:00"}
TET = {date(2030, 2, 4): SpecialDay("Tết Nguyên Đán"), date(2030, 2, 9): SpecialDay("làm bù", off=False)}
TURNS = {
    "Asia/Ho_Chi_Minh": ["2026-11-23", "2026-12-31", "2028-02-28"],
    "Europe/Berlin": ["2026-03-28", "2026-10-24"],
    "America/St_Johns": ["2011-03-12", "2010-11-06"],
    "America/Havana": ["2026-03-07", "2026-10-31"],
    "Australia/Lord_Howe": ["2026-04-04", "2026-10-03"],
    "Pacific/Apia": ["2011-12-29"],
}
"""Zones with the days before their clocks do something odd: skip, repeat, over midnight, by half an hour, a day."""


def us(text: str, zone: str = "Asia/Ho_Chi_Minh") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1_000_000


def rules(*quiet: dict[str, object], **fields: object) -> AirRules:
    return AirRules.model_validate({"quiet": quiet, **fields})


def walls(air: Air, zone: str = "Asia/Ho_Chi_Minh") -> list[tuple[str, int]]:
    return [(f"{datetime.fromtimestamp(at / 1e6, ZoneInfo(zone)):%m-%d %H:%M}", cap) for at, cap in air.caps]


def test_a_night_goes_over_midnight() -> None:
    air = resolve([rules(NIGHT)], {}, us("2026-11-23 12:00"), us("2026-11-24 12:00"))
    assert walls(air) == [("11-23 12:00", 100), ("11-23 21:00", 0), ("11-24 05:00", 100)]
    assert air.silence_from(us("2026-11-23 12:00")) == us("2026-11-23 21:00")
    assert air.silence_from(us("2026-11-24 01:00")) == us("2026-11-24 01:00")
    assert air.silence_from(us("2026-11-24 05:00")) is None


def test_a_cap_is_the_lowest_of_its_time_and_ends_are_not_in_it() -> None:
    rule = rules(NIGHT, volumes=[{"begin": "11:30", "end": "13:30", "percent": 60}])
    air = resolve([rule], {}, us("2026-11-23"), us("2026-11-24"))
    noon, night = us("2026-11-23 11:30"), us("2026-11-23 21:00")
    assert air.cap(noon - HOUR, noon) == 100 and air.cap(noon - HOUR, noon + 1) == 60
    assert air.cap(noon + 2 * HOUR, night) == 100 and air.cap(noon, night + 1) == 0
    assert air.cap(noon, noon) == 60, "an instant has the cap that begins with it"


def test_the_stricter_wins_whichever_comes_first() -> None:
    loud = rules(budget_minutes=60, volumes=[{"begin": "06:00", "end": "09:00", "percent": 80}])
    soft = rules({"begin": "07:00", "end": "07:30"}, budget_minutes=45,
                 volumes=[{"begin": "05:00", "end": "08:00", "percent": 40}])  # fmt: skip
    airs = [resolve(both, {}, us("2026-11-23"), us("2026-11-24")) for both in ([loud, soft], [soft, loud])]
    assert airs[0] == airs[1] and airs[0].budget_ms == 45 * 60_000
    assert walls(airs[0])[1:] == [
        ("11-23 05:00", 40), ("11-23 07:00", 0), ("11-23 07:30", 40), ("11-23 08:00", 80), ("11-23 09:00", 100),
    ]  # fmt: skip


def test_equal_hours_are_a_whole_day_and_belong_to_the_day_they_begin_on() -> None:
    sunday = rules({"begin": "06:00", "end": "06:00", "days": ["sunday"]})
    air = resolve([sunday], {}, us("2026-11-21"), us("2026-11-24"))
    assert walls(air)[1:] == [("11-22 06:00", 0), ("11-23 06:00", 100)]


def test_a_night_that_follows_itself_is_one_silence() -> None:
    air = resolve([rules({"begin": "00:00", "end": "00:00"})], {}, us("2026-11-21"), us("2026-11-24"))
    assert air.caps == ((us("2026-11-21"), 0),)


def test_days_off_and_days_that_are_worked() -> None:
    """4 February 2030 is a Monday off, Saturday the 9th is worked for it."""
    span = us("2030-02-04"), us("2030-02-11")
    lessons = resolve([rules({"begin": "07:00", "end": "11:00", "on": "working_days"})], TET, *span)
    assert [wall for wall, cap in walls(lessons) if cap == 0] == [f"02-{day:02} 07:00" for day in range(5, 10)]
    rest = resolve([rules({"begin": "07:00", "end": "11:00", "on": "days_off"})], TET, *span)
    assert [wall for wall, cap in walls(rest) if cap == 0] == ["02-04 07:00", "02-10 07:00"]


@pytest.mark.parametrize(
    ("season", "inside", "outside"),
    [
        (("06-01", "08-31"), ["2026-06-01", "2026-08-31"], ["2026-05-31", "2026-09-01"]),
        (("11-15", "02-15"), ["2026-11-15", "2027-02-15", "2026-12-31", "2027-01-01"], ["2027-02-16", "2026-11-14"]),
        (("02-29", "03-10"), ["2028-02-29", "2027-03-01"], ["2027-02-28", "2028-02-28"]),
        (("02-01", "02-29"), ["2028-02-29", "2027-02-28"], ["2027-03-01", "2028-03-01"]),
        (("02-29", "02-29"), ["2028-02-29"], ["2027-02-28", "2027-03-01"]),
    ],
)
def test_seasons(season: tuple[str, str], inside: list[str], outside: list[str]) -> None:
    held = Season(first=season[0], last=season[1])
    assert all(held.holds(date.fromisoformat(day)) for day in inside)
    assert not any(held.holds(date.fromisoformat(day)) for day in outside)


def test_a_budget_of_a_season_holds_where_the_season_is_touched() -> None:
    rule = rules(budget_minutes=30, budget_season={"first": "06-01", "last": "08-31"})
    assert resolve([rule], {}, us("2026-05-25"), us("2026-06-01 01:00")).budget_ms == 30 * 60_000
    assert resolve([rule], {}, us("2026-05-25"), us("2026-05-31 23:59")).budget_ms is None


def test_no_rule_leaves_the_air_free() -> None:
    air = resolve([], {}, us("2026-11-23 01:00"), us("2026-11-23 02:00"))
    assert air.caps == ((us("2026-11-23 01:00"), 100),) and air.budget_ms is None
    assert air.midnights == (us("2026-11-23"), us("2026-11-24"))
    assert FREE.cap(0, us("2030-01-01")) == 100 and FREE.silence_from(5) is None and FREE.day(5) == -1


def test_days_are_those_of_the_rule_with_the_budget() -> None:
    here, there = rules(budget_minutes=90), rules(zone="Asia/Tokyo", budget_minutes=30)
    air = resolve([here, there], {}, us("2026-11-23 01:00"), us("2026-11-24 01:00"))
    assert air.midnights[0] == us("2026-11-23", "Asia/Tokyo")
    assert air.day(us("2026-11-23 22:01")) == 1 and air.day(us("2026-11-23 21:59")) == 0


@pytest.mark.parametrize(
    "said",
    [
        {"quiet": [{"begin": "24:00", "end": "05:00"}]},
        {"quiet": [{"begin": "5:00", "end": "06:00"}]},
        {"quiet": [NIGHT | {"season": {"first": "02-30", "last": "03-01"}}]},
        {"quiet": [NIGHT | {"days": []}]},
        {"quiet": [NIGHT | {"percent": 40}]},
        {"quiet": [NIGHT] * 25},
        {"volumes": [NIGHT | {"percent": 0}]},
        {"budget_minutes": 0},
        {"budget_minutes": "30"},
    ],
)
def test_what_no_rule_may_say(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        AirRules.model_validate(said)


def test_a_zone_is_one_of_the_iana_database() -> None:
    with pytest.raises(ZoneUnknown):
        rules(NIGHT, zone="Asia/Atlantis")


WALL = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 1, 30, 59]))
SEASONS = st.sampled_from([None, ("10-01", "03-28"), ("02-29", "10-31"), ("12-31", "12-31")])
WINDOWS = st.fixed_dictionaries(
    {
        "begin": WALL, "end": WALL,
        "days": st.lists(st.sampled_from(list(Weekday)), min_size=1, max_size=7),
        "season": SEASONS.map(lambda pair: pair and {"first": pair[0], "last": pair[1]}),
        "on": st.sampled_from(["all_days", "working_days", "days_off"]),
    }
)  # fmt: skip
LOUDEST = st.builds(lambda window, percent: window | {"percent": percent}, WINDOWS, st.integers(1, 100))
PLACES = st.sampled_from([(zone, day) for zone, days in TURNS.items() for day in days])


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[AirRules], Calendar, int, int]:
    zone, day = draw(PLACES)
    other = draw(st.sampled_from([zone, "Asia/Ho_Chi_Minh"]))
    said = [
        AirRules(quiet=draw(st.lists(WINDOWS, max_size=3)), volumes=draw(st.lists(LOUDEST, max_size=3)), zone=name)
        for name in (zone, other)
    ]
    first = date.fromisoformat(day)
    near = st.integers(-1, 3).map(lambda days: first + timedelta(days=days))
    calendar = draw(st.dictionaries(near, st.booleans().map(lambda off: SpecialDay("", off))))
    begin = us(day, zone) + draw(st.integers(0, 1_500)) * MINUTE
    return said, calendar, begin, begin + draw(st.integers(1, 2 * 1_440)) * MINUTE


@settings(max_examples=80)
@given(cases())
def test_every_minute_is_as_the_clock_on_the_wall_says(case: tuple[list[AirRules], Calendar, int, int]) -> None:
    said, calendar, begin, end = case
    air = resolve(said, calendar, begin, end)
    assert air.caps[0][0] == begin
    assert all(early < late and one != other for (early, one), (late, other) in pairwise(air.caps))
    for at in range(begin, end, MINUTE):
        assert air.cap(at, at + MINUTE) == asked_of_the_wall(said, calendar, at), datetime.fromtimestamp(at / 1e6, UTC)


def asked_of_the_wall(said: list[AirRules], calendar: Calendar, at: int) -> int:
    caps = [100]
    for rule in said:
        wall = datetime.fromtimestamp(at // 1_000_000, ZoneInfo(rule.zone))
        caps += [0 for window in rule.quiet if is_in(window, wall, calendar)]
        caps += [window.percent for window in rule.volumes if is_in(window, wall, calendar)]
    return min(caps)


def is_in(window: Window, wall: datetime, calendar: Calendar) -> bool:
    """Today's window, or yesterday's that goes over midnight."""
    time, over = f"{wall:%H:%M}", window.end <= window.begin
    today = window.begin <= time and (over or time < window.end)
    yesterday = over and time < window.end
    return (today and names(window, wall.date(), calendar)) or (
        yesterday and names(window, wall.date() - timedelta(days=1), calendar)
    )


def names(window: Window, day: date, calendar: Calendar) -> bool:
    off = calendar[day].off if day in calendar else day.isoweekday() > 5
    season = window.season
    if season is not None:
        held, written = season.first <= season.last, day.isoformat()[5:]
        if not (season.first <= written <= season.last if held else written >= season.first or written <= season.last):
            return False
    return f"{day:%A}".lower() in window.days and window.on in ("all_days", "days_off" if off else "working_days")


@given(PLACES, st.integers(0, 3 * DAY), st.integers(0, 4 * DAY))
def test_days_cover_the_time(place: tuple[str, str], late: int, length: int) -> None:
    zone, first = place
    begin = us(first, zone) + late
    end = begin + length
    days = resolve([rules(zone=zone)], {}, begin, end).midnights
    assert days[0] <= begin < days[1] and days[-2] <= end < days[-1]
    for at in days:
        wall = datetime.fromtimestamp(at // 1_000_000, ZoneInfo(zone))
        before = datetime.fromtimestamp(at // 1_000_000 - 1, ZoneInfo(zone))
        assert wall.date() != before.date(), "a day begins where the date changes"
