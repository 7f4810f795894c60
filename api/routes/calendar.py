"""The calendar of special days: public holidays as a library knows them, and what the office says over them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import ConfigDict, Field
from sqlmodel import Session

from api.deps import Key, Served, act_of, permit
from api.problems import READS, WRITES, refusals
from api.shapes import Asked, Day, Name, Page, Shown
from controller.calendar import clear_day, refill_years, set_day
from controller.people.answered import already_made, remember
from controller.people.callers import Caller
from controller.people.permissions import Action
from scheduler.calendars.special_days import special_days
from scheduler.recurrence.recurrence import SpecialDay

router = APIRouter(prefix="/special-days", tags=["calendar"])

Year = Annotated[int, Field(ge=2000, le=2099)]
Editor = Annotated[Caller, Depends(permit(Action.CALENDAR_EDIT, installation=True))]


class SpecialDayWish(Asked):
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Làm bù", "off": False}]})

    name: Name
    off: Annotated[bool, Field(description="false: it is worked, though it may be a weekend.")] = True


class RefillWish(Asked):
    model_config = ConfigDict(json_schema_extra={"examples": [{"years": [2026, 2027]}]})

    years: Annotated[list[Year], Field(min_length=1, max_length=20)]


class SpecialDayShown(Shown):
    day: str
    name: str
    off: bool
    source: Annotated[str, Field(description="`office`, or the library with its version.")]
    changed_by: str


@router.get("", dependencies=[Depends(permit(Action.SEE))], responses=refusals(*READS))
def index(services: Served, year: Annotated[int, Query(ge=2000, le=2099)]) -> Page[SpecialDayShown]:
    """The special days of a year."""
    with services.database.read() as session:
        return _shown(session, [year])


@router.post("/refill", responses=refusals(*WRITES))
def refill(wish: RefillWish, request: Request, services: Served, who: Editor, key: Key = None) -> Page[SpecialDayShown]:
    """Ask the library again for these years. What the office has said stays."""
    act = act_of(services, request, who, key, wish.model_dump_json())
    with services.database.write() as session:
        if already_made(session, act) is None:
            refill_years(session, wish.years, act)
            remember(session, act, "refill")
        shown = _shown(session, wish.years)
    services.ring()
    return shown


@router.put("/{day}", responses=refusals(*WRITES))
def put(day: Day, wish: SpecialDayWish, request: Request, services: Served, who: Editor) -> SpecialDayShown:
    """Say what a day is; no refill changes it."""
    act = act_of(services, request, who, None)
    with services.database.write() as session:
        set_day(session, day, SpecialDay(wish.name, wish.off), act)
        shown = next(one for one in _shown(session, [day.year]).items if one.day == day.isoformat())
    services.ring()
    return shown


@router.delete("/{day}", status_code=204, responses=refusals(*WRITES, "special_day_unknown"))
def clear(day: Day, request: Request, services: Served, who: Editor) -> None:
    """Make it an ordinary day; no refill brings it back."""
    act = act_of(services, request, who, None)
    with services.database.write() as session:
        clear_day(session, day, act)
    services.ring()


def _shown(session: Session, years: list[int]) -> Page[SpecialDayShown]:
    rows = special_days(session, years)
    return Page(items=[SpecialDayShown.model_validate(row, from_attributes=True) for row in rows])
