"""The calendar: what will be heard, and what will not and why."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlmodel import Session, col, select

from api.deps import Served, Viewer
from api.errors import language_of
from api.foreseen import SilenceShown, SlotShown, silences_shown, slots_shown
from api.problems import READS, refusals
from api.shapes import Id, Shown
from api.spans import From, To, span_of
from controller.programmes.preview import Preview, preview
from controller.reach.sight import Sight
from controller.reach.veil import veiled_preview
from devices.models import Membership
from devices.registry import parents

router = APIRouter(tags=["programmes"])

Named = Annotated[bool, Query(description="With the ids of the speakers, not only their numbers.")]


class PreviewShown(Shown):
    slots: list[SlotShown]
    silent: list[SilenceShown]


@router.get(
    "/preview", responses=refusals(*READS, "span_invalid", within=["area_unknown"])
)  # fmt: skip
def show(
    request: Request, services: Served, who: Viewer, begin: From = None, end: To = None,
    area: Annotated[Id | None, Query(description="Only what its speakers hear.")] = None,
    programme: Annotated[Id | None, Query(description="Only this one.")] = None, speakers: Named = False,
) -> PreviewShown:  # fmt: skip
    """By the planner's own answer: the past as it was ordered, the future as it stands now."""
    now = services.now()
    first, last = span_of(now, begin, end)
    with services.database.read() as session:
        found = preview(session, first, last, now)
        if area is not None:
            found = _heard_by(found, _speakers(session, area))
        found = veiled_preview(Sight(session, who), found)
    slots = [one for one in found.slots if programme in (None, one.programme)]
    silent = [one for one in found.silent if programme in (None, one.programme)]
    return PreviewShown(
        slots=slots_shown(slots, speakers), silent=silences_shown(silent, language_of(request), speakers)
    )


def _speakers(session: Session, area: str) -> frozenset[str]:
    parents(session, area)
    return frozenset(session.exec(select(Membership.device_id).where(col(Membership.area_id) == area)))


def _heard_by(found: Preview, devices: frozenset[str]) -> Preview:
    """What concerns some of these speakers, and only them."""
    slots = [replace(one, devices=one.devices & devices) for one in found.slots]
    silent = [replace(one, devices=one.devices & devices) for one in found.silent]
    return Preview(tuple(one for one in slots if one.devices), tuple(one for one in silent if one.devices))
