"""What an area hears, for the calendar program of whoever wants to see it there."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlmodel import Session

from api.deps import Served, permit_by_address
from api.errors import language_of
from api.problems import READS, refusals
from api.shapes import Day, Id
from api.timestamps import to_utc
from controller.exchange.feed import Event, feed, planned
from controller.exchange.on_air import Planner, ordered, read_changes
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.programmes.preview import preview
from controller.reach.sight import Sight
from controller.reach.veil import veiled_events
from controller.reports.counting import names
from devices.errors import AreaUnknown
from devices.registry import members
from scheduler.recurrence.period import Period, period
from scheduler.recurrence.walltime import shown
from scheduler.recurrence.zones import VIETNAM, zone_named

router = APIRouter(prefix="/areas", tags=["areas"])

MEDIA_TYPE = "text/calendar; charset=utf-8"
PAST, AHEAD = timedelta(days=30), timedelta(days=60)


def planner() -> Planner:
    """Who knows what will sound."""
    return preview


@router.get(
    "/{area}/calendar.ics", response_class=Response,
    responses=refusals(*READS, "area_unknown", "period_invalid") | {200: {"content": {MEDIA_TYPE: {}}}},
)  # fmt: skip
def area_calendar(
    area: Id, request: Request, services: Served, who: Annotated[Caller, Depends(permit_by_address(Action.SEE))],
    preview: Annotated[Planner, Depends(planner)],
    first: Annotated[Day | None, Query(alias="from", description="First day; absent: 30 days ago.")] = None,
    last: Annotated[Day | None, Query(alias="to", description="Last day, included; absent: in 60 days.")] = None,
) -> Response:  # fmt: skip
    """iCalendar: each airing is an event, one that was left out a cancelled one with the reason.

    A calendar program that can send no header shows a viewer's key as `?key=`; no other role's is taken there.
    """
    now = services.now()
    today = shown(to_utc(now), zone_named(VIETNAM)).date()
    days = _days(first, last, today)
    with services.database.read() as session:
        called = names(session, "area")
        if area not in called:
            raise AreaUnknown(area=area)
        sight = Sight(session, who)
        events = _events(sight, session, area, days, now, preview)
    content = feed(called[area], events, language_of(request))
    return Response(content, media_type=MEDIA_TYPE, headers={"Vary": "Accept-Language"})


def _days(first: date | None, last: date | None, today: date) -> Period:
    return period(first or min(today - PAST, last or today), last or max(today + AHEAD, first or today), VIETNAM)


def _events(sight: Sight, session: Session, area: str, days: Period, now: int, preview: Planner) -> list[Event]:
    programmes = read_changes(session)
    events = ordered(session, area, days.begin, days.end, now, programmes)
    if days.end > now:
        ahead = preview(session, max(days.begin, now), days.end, now)
        events += veiled_events(sight, planned(ahead, frozenset(members(session, [area])), programmes.changes))
    return events
