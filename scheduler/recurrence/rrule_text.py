"""Which rules of RFC 5545 are not taken: those of hours, and those for whose next day one would search for ever."""

import re
from itertools import product

_FINER = re.compile(r"FREQ=(HOURLY|MINUTELY|SECONDLY)|BY(HOUR|MINUTE|SECOND)=")
_NO_STEP = re.compile(r"INTERVAL=0*(;|$)")
_LONGEST = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
"""Days of the months that have no 31st."""
MOST_POSITIONS = 31


def of_days(rrule: str) -> str:
    """The rule itself; ValueError for one that is not taken. Whether it can be read is found out when it is used."""
    said = rrule.upper()
    if _FINER.search(said) or _NO_STEP.search(said):
        raise ValueError("a rule of days, weeks, months or years, with a step")
    months, days = _numbers(said, "BYMONTH"), _numbers(said, "BYMONTHDAY")
    if not any(1 <= month <= 12 and 1 <= abs(day) <= _LONGEST.get(month, 31) for month, day in product(months, days)):
        raise ValueError("no year has such a day")
    if "YEARLY" not in said and any(abs(place) > MOST_POSITIONS for place in _numbers(said, "BYSETPOS")):
        raise ValueError("no month has so many")
    return rrule


def _numbers(said: str, part: str) -> list[int]:
    """The numbers of a part; a harmless one where it is not there."""
    found = re.search(rf"(?:^|;){part}=([^;]*)", said)
    return [int(one) for one in re.findall(r"[+-]?\d{1,4}", found[1])] if found else [1]
