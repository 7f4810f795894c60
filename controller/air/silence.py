"""A single order at an hour when nobody may sound is refused with words, before any speaker refuses it."""

from collections.abc import Iterable

from sqlmodel import Session, select

from controller.air.book import read_air
from controller.errors.programmes import NeverHeard
from devices.protocol.units import DAY
from scheduler.air.models import AirRule
from scheduler.air.timeline import resolve
from scheduler.calendars.special_days import read_calendar, years_of


def refuse_silence(session: Session, targets: Iterable[str], start_at: int, ends_at: int) -> None:
    """NeverHeard where the rules leave none of these speakers that may sound from `start_at` to `ends_at`, us UTC.

    Who alone must be silent among others refuses for itself, and says so.
    """
    if session.exec(select(AirRule.id).limit(1)).first() is None:
        return
    book = read_air(session)
    calendar = read_calendar(session, years_of(start_at - DAY, ends_at + DAY))
    bound = {book.bound.get(device, ()) for device in targets}
    airs = (resolve([book.rules[name] for name in names], calendar, start_at - DAY, ends_at + DAY) for names in bound)
    if not any(air.cap(start_at, ends_at) for air in airs):
        raise NeverHeard(start_at=start_at, reason="quiet_hours", speakers=len(set(targets)))
