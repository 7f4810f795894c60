"""The next times of a recurrence, near or far."""

from datetime import UTC, date, datetime

import pytest

from scheduler.recurrence.coming import coming
from scheduler.recurrence.recurrence import Recurrence, SpecialDay

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


def next_days(days: dict[str, object], **fields: object) -> list[str]:
    given = {"days": days, "times": ["05:00"], "first": "2026-01-01"} | fields
    calendar = {date(2026, 11, 25): SpecialDay("nghỉ")}
    return [f"{one.at:%m-%d %H:%M}" for one in coming(Recurrence.model_validate(given), calendar, NOW, 3)]


@pytest.mark.parametrize(
    ("days", "fields", "found"),
    [
        ({"kind": "daily"}, {}, ["11-24 05:00", "11-25 05:00", "11-26 05:00"]),
        ({"kind": "daily"}, {"only_on": "no_holidays"}, ["11-24 05:00", "11-26 05:00", "11-27 05:00"]),
        ({"kind": "weekly", "days": ["monday"]}, {}, ["11-30 05:00", "12-07 05:00", "12-14 05:00"]),
        ({"kind": "monthly", "days": [31]}, {}, ["12-31 05:00", "01-31 05:00", "03-31 05:00"]),
        ({"kind": "once", "days": ["2026-11-24", "2026-11-20"]}, {}, ["11-24 05:00"]),
        ({"kind": "once", "days": ["2030-01-01"]}, {}, []),
        ({"kind": "daily"}, {"last": "2026-11-24"}, ["11-24 05:00"]),
    ],
)
def test_the_next_three(days: dict[str, object], fields: dict[str, object], found: list[str]) -> None:
    assert next_days(days, **fields) == found
