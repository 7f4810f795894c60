"""A time asked for with `from` and `to`, and how long it may be."""

from typing import Annotated

from fastapi import Query

from api.errors import RequestRefused
from api.shapes import Moment
from devices.protocol.units import DAY

MOST_DAYS = 92
From = Annotated[Moment | None, Query(alias="from", description="Absent: now.")]
To = Annotated[Moment | None, Query(alias="to", description="Absent: seven days later. At most 92 days after `from`.")]


def span_of(now: int, begin: int | None, end: int | None) -> tuple[int, int]:
    """us UTC. RequestRefused where it ends before it begins or is too long."""
    first = now if begin is None else begin
    last = first + 7 * DAY if end is None else end
    if not 0 < last - first <= MOST_DAYS * DAY:
        raise RequestRefused("span_invalid", most_days=MOST_DAYS)
    return first, last
