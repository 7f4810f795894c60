"""The one door to lunar_vn: the Vietnamese lunar date of a day, 1900 to 2100, as the moon stands over Hà Nội."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import lunar_vn

ONE = timedelta(days=1)
FIRST, LAST = date(1900, 2, 1), date(2100, 12, 30)
"""Days for which a lunar date is known, with the one that follows."""


@dataclass(frozen=True)
class LunarDay:
    day: int
    """1 (mùng một) to 29 or 30."""
    month: int
    leap: bool
    """Whether the month is the second one of its number (tháng nhuận)."""
    left: int
    """Counted from the end of the month: -1 is its last day."""


@lru_cache(maxsize=8_192)
def lunar_of(day: date) -> LunarDay | None:
    """The lunar date of `day`; None where none is known."""
    if not FIRST <= day <= LAST:
        return None
    said = lunar_vn.solar_to_lunar(day)
    length = 30 if lunar_vn.solar_to_lunar(day + (30 - said.day) * ONE).day == 30 else 29
    return LunarDay(said.day, said.month, said.leap, said.day - length - 1)
