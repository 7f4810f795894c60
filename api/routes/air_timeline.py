"""The air over an area or a speaker: from when to when it is quiet or less loud, and by which rules."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlmodel import Session

from api.deps import Served, permit
from api.problems import READS, refusals
from api.shapes import Id, Instant, Moment, Shown
from api.timestamps import to_utc
from controller.air.book import rules_of_area, rules_of_device
from controller.people.permissions import Action
from devices.protocol.units import DAY
from devices.registry import get_device
from scheduler.air.models import AirRule
from scheduler.air.reasons import reasons
from scheduler.air.rules import AirRules
from scheduler.calendars.special_days import read_calendar, years_of
from scheduler.errors import AirSpanInvalid

router = APIRouter(tags=["air"])

MOST_DAYS = 31
From = Annotated[Moment | None, Query(alias="from", description="Absent: now.")]
To = Annotated[Moment | None, Query(alias="to", description="Absent: seven days later. At most 31 days after `from`.")]


class RuleNamed(Shown):
    id: Id
    name: str


class StretchShown(Shown):
    begin: Instant
    end: Instant
    percent: Annotated[int, Field(description="Nothing below an alert is louder then; 0: silence; 100: no limit.")]
    because: Annotated[list[RuleNamed], Field(description="The rules that make it so.")]


class AirShown(Shown):
    stretches: Annotated[list[StretchShown], Field(description="In order and without gaps.")]
    budget_minutes: Annotated[int | None, Field(description="Most minutes of sound in a day.")]
    budget_because: list[RuleNamed]


@router.get(
    "/areas/{area}/air", dependencies=[Depends(permit(Action.SEE))],
    responses=refusals(*READS, "air_span_invalid", "area_unknown"),
)  # fmt: skip
def of_area(area: Id, services: Served, begin: From = None, end: To = None) -> AirShown:
    """What binds every speaker of an area. Zones and rules of single speakers are not in it."""
    span = _span(services.now(), begin, end)
    with services.database.read() as session:
        return _air(session, rules_of_area(session, area), span)


@router.get(
    "/devices/{device}/air", dependencies=[Depends(permit(Action.SEE))],
    responses=refusals(*READS, "air_span_invalid", "device_unknown"),
)  # fmt: skip
def of_device(device: Id, services: Served, begin: From = None, end: To = None) -> AirShown:
    """What binds one speaker."""
    span = _span(services.now(), begin, end)
    with services.database.read() as session:
        return _air(session, rules_of_device(session, get_device(session, device)), span)


def _span(now: int, begin: int | None, end: int | None) -> tuple[int, int]:
    first = now if begin is None else begin
    last = first + 7 * DAY if end is None else end
    if not 0 < last - first <= MOST_DAYS * DAY:
        raise AirSpanInvalid(most_days=MOST_DAYS)
    return first, last


def _air(session: Session, rows: list[AirRule], span: tuple[int, int]) -> AirShown:
    named = {row.id: RuleNamed(id=row.id, name=row.name) for row in rows}
    rules = {row.id: AirRules.model_validate(row.rules) for row in rows}
    found = reasons(rules, read_calendar(session, years_of(*span)), *span)

    def names(because: Iterable[str]) -> list[RuleNamed]:
        return [named[rule] for rule in because]

    stretches = [
        StretchShown(begin=to_utc(one.begin), end=to_utc(one.end), percent=one.percent, because=names(one.because))
        for one in found.stretches
    ]
    minutes = None if found.budget_ms is None else found.budget_ms // 60_000
    return AirShown(stretches=stretches, budget_minutes=minutes, budget_because=names(found.budget_because))
