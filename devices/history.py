"""What areas were called and where they lay at some time, and where speakers stood then."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from devices.errors import AreaUnknown
from devices.models import Area, AreaPast, Stay


def areas_at(session: Session, at: int) -> dict[str, AreaPast]:
    """Every area as it was at `at`, us UTC; one that came later, as it was first."""
    found: dict[str, AreaPast] = {}
    for line in session.exec(select(AreaPast).order_by(col(AreaPast.since))):
        if line.since <= at or line.area_id not in found:
            found[line.area_id] = line
    return found


def lines_of(session: Session, area: str) -> list[AreaPast]:
    """Its names and places, the oldest first. AreaUnknown."""
    if session.get(Area, area) is None:
        raise AreaUnknown(area=area)
    return list(session.exec(select(AreaPast).where(AreaPast.area_id == area).order_by(col(AreaPast.since))))


def stood(device: Any, at: Any) -> ColumnElement[bool]:
    """In a query: that a row of `Stay` is of this speaker and of that time."""
    lasted = or_(col(Stay.until).is_(None), col(Stay.until) > at)
    return and_(col(Stay.device_id) == device, col(Stay.since) <= at, lasted)
