"""Will it play tomorrow without a network? Yes or no, and why."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from sqlmodel import col, select

from api.deps import Served, permit
from api.errors import language_of
from api.problems import READS, Language, refusals
from api.sayings import said_of
from api.shapes import Id, Instant, Shown
from api.timestamps import to_utc, to_utc_or_none
from controller.people.permissions import Action
from controller.programmes.prospects import Prospect, prospects, tomorrow
from devices.models import Device, Membership
from devices.registry import get_device, parents
from scheduler.recurrence.rules import Day

router = APIRouter(tags=["programmes"])

On = Annotated[Day | None, Query(alias="day", description="A day in Vietnam, YYYY-MM-DD; absent: tomorrow.")]


class ReasonShown(Shown):
    code: Annotated[str, Field(description="Stable; for programs.")]
    said: str
    data: dict[str, Any]


class AiringShown(Shown):
    title: str
    start_at: Instant
    sha256: str


class PlanShown(Shown):
    device: Id
    name: str
    day: date
    will_play: Annotated[bool, Field(description="All that is planned on that day, without any network.")]
    reasons: Annotated[list[ReasonShown], Field(description="What stands against it; empty where nothing does.")]
    airings: list[AiringShown]
    told_seq: Annotated[int, Field(description="Number of the plan that it should hold; 0: it needs none.")]
    held_seq: Annotated[int, Field(description="Number of the plan that it says it holds.")]
    held_at: Instant | None
    valid_to: Instant | None
    missing: Annotated[list[str], Field(description="SHA-256 of the sounds that it lacks.")]


class PlansShown(Shown):
    items: list[PlanShown]
    will_play: Annotated[int, Field(description="How many of these will play.")]
    next: Annotated[Id | None, Field(description="Value of `after` for the next page.")] = None


@router.get(
    "/devices/{device}/plan", dependencies=[Depends(permit(Action.SEE))], responses=refusals(*READS, "device_unknown")
)
def of_device(device: Id, request: Request, services: Served, day: On = None) -> PlanShown:
    """What it holds for a day."""
    now = services.now()
    asked = day or tomorrow(now)
    with services.database.read() as session:
        found = prospects(session, [get_device(session, device)], asked, now)
    return _shown(found, asked, language_of(request))[0]


@router.get(
    "/areas/{area}/plans", dependencies=[Depends(permit(Action.SEE))], responses=refusals(*READS, "area_unknown")
)
def of_area(
    area: Id, request: Request, services: Served, day: On = None,
    after: Annotated[Id | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> PlansShown:  # fmt: skip
    """Every speaker in service that hears the area, by id."""
    now = services.now()
    asked = day or tomorrow(now)
    with services.database.read() as session:
        parents(session, area)
        rows = select(Device).join(Membership, col(Membership.device_id) == col(Device.id))
        rows = rows.where(Membership.area_id == area, col(Device.retired_at).is_(None), col(Device.id) > (after or ""))
        found = session.exec(rows.order_by(col(Device.id)).limit(limit + 1)).all()
        known = prospects(session, found[:limit], asked, now)
    items = _shown(known, asked, language_of(request))
    more = items[-1].device if len(found) > limit else None
    return PlansShown(items=items, will_play=sum(one.will_play for one in items), next=more)


def _shown(found: Sequence[Prospect], day: date, language: Language) -> list[PlanShown]:
    return [
        PlanShown(
            device=one.device.id, name=one.device.name, day=day, will_play=one.will_play,
            reasons=[
                ReasonShown(code=why.code, said=said_of(why.code, language, why.data), data=dict(why.data))
                for why in one.reasons
            ],
            airings=[
                AiringShown(title=due.title, start_at=to_utc(due.start_at), sha256=due.sha256) for due in one.airings
            ],
            told_seq=one.plan.seq, held_seq=one.plan.held_seq, held_at=to_utc_or_none(one.plan.held_at),
            valid_to=to_utc_or_none(one.plan.valid_to or None), missing=one.plan.missing,
        )
        for one in found
    ]  # fmt: skip
