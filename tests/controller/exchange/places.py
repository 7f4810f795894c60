"""A commune's names, and programmes of all kinds for it."""

import uuid
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from controller.exchange.directory import Directory
from controller.exchange.rows import Setting
from scheduler.programmes.programme import Newest, OneBulletin, Programme, Targets
from scheduler.recurrence.recurrence import Recurrence
from scheduler.recurrence.rules import Once
from tests.scheduler.test_words_of_days import days_of_a_rule

TODAY = date(2026, 11, 23)


def number(n: int) -> str:
    return str(uuid.UUID(int=n, version=4))


PROVINCE, COMMUNE, FIRST, SECOND, TWIN, SLASHED = map(number, range(1, 7))
MORNING, NEWS, NEWS_AGAIN, FORMULA = map(number, range(11, 15))
GROUP, SPEAKER, OTHER = map(number, range(21, 24))
AREAS = {
    PROVINCE: ("Tỉnh Tiền Giang",), COMMUNE: ("Tỉnh Tiền Giang", "Xã Tân Đông"),
    FIRST: ("Tỉnh Tiền Giang", "Xã Tân Đông", "Ấp 1"), SECOND: ("Tỉnh Tiền Giang", "Xã Tân Đông", "Ấp 2"),
    TWIN: ("Tỉnh Tiền Giang", "Ấp 1"), SLASHED: ("Ấp 3/4; cũ",),
}  # fmt: skip
NAMES = Directory(
    {
        "area": AREAS,
        "bulletin": {MORNING: ("Thể dục sáng",), NEWS: ("Tin",), NEWS_AGAIN: ("Tin",), FORMULA: ("=1+1",)},
        "category": {"Tin xã": ("Tin xã",)},
        "group": {GROUP: ("Chợ",)},
        "speaker": {SPEAKER: ("Loa chợ",), OTHER: ("Loa đình",)},
    }
)
SETTING = Setting(NAMES, TODAY)

words = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cf", "Cn", "Zl", "Zp", "Co"]), min_size=1, max_size=30
).filter(lambda text: text.strip() == text)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=0)
)
some_days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@st.composite
def recurrences(draw: st.DrawFn) -> Recurrence:
    days, first = draw(days_of_a_rule), draw(some_days)
    return Recurrence(
        days=days.rule, only_on=days.only_on, first=first,
        last=draw(st.none() | st.integers(0, 400).map(lambda count: first + timedelta(days=count))),
        times=tuple(draw(st.lists(st.times().map(lambda one: one.replace(microsecond=0)), min_size=1, max_size=4))),
        less=tuple(draw(st.lists(some_days | moments, max_size=3))), more=tuple(draw(st.lists(moments, max_size=3))),
        zone=draw(st.sampled_from(["Asia/Ho_Chi_Minh", "Europe/Berlin", "UTC"])),
    )  # fmt: skip


programmes = st.builds(
    Programme, title=words, owner=st.sampled_from(sorted(AREAS)),
    content=st.sampled_from([MORNING, NEWS, FORMULA]).map(lambda one: OneBulletin(bulletin=one))
    | words.map(lambda one: Newest(category=one)),
    targets=st.builds(
        Targets, areas=st.lists(st.sampled_from(sorted(AREAS)), min_size=1, max_size=3).map(tuple),
        groups=st.sampled_from([(), (GROUP,)]), devices=st.sampled_from([(), (SPEAKER, OTHER)]),
    ),
    recurrence=recurrences(), rank=st.sampled_from(["normal", "priority"]), volume=st.integers(0, 100),
    gain_db=st.integers(0, 28).map(lambda half: half / 2), repeats=st.integers(1, 20), gap_ms=st.integers(0, 3_600_000),
    max_late_ms=st.integers(0, 39_600_000), turns=st.booleans(), paused=st.booleans(),
)  # fmt: skip
"""All that a spreadsheet can hold."""


WEEKLY = {"kind": "weekly", "days": ["monday", "friday"]}


def weekly(**changes: object) -> Programme:
    return Programme.model_validate(
        {
            "title": "Thể dục sáng", "owner": COMMUNE, "content": {"kind": "bulletin", "bulletin": MORNING},
            "targets": {"areas": [COMMUNE]},
            "recurrence": {"days": WEEKLY, "times": ["05:00"], "first": TODAY},
        }
        | changes
    )  # fmt: skip


def once(day: date, at: time) -> Recurrence:
    return Recurrence(days=Once(days=(day,)), times=(at,), first=day)
