"""Areas that change: renamed, put elsewhere, merged, ended. Seen first, then done as it was seen."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ConfigDict, Field, JsonValue
from sqlmodel import Session

from api.approvals import WAITS, ApprovalShown, ports_of, waiting
from api.deps import Key, Served, act_of, permit
from api.problems import READS, WRITES, refusals
from api.shapes import Asked, Id, Instant, Name, Page, Shown
from api.timestamps import to_utc
from controller.approvals.asking import order
from controller.approvals.catalogue import AREA_CHANGE
from controller.approvals.redrawing import Redrawing, rights_for
from controller.areas.changing import foresee
from controller.areas.effects import Prospect
from controller.areas.land import areas_named, places_of
from controller.areas.picture import read_land
from controller.areas.wishes import AreaWish, End, Merge, Move, Rename, Reparent
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.reach.admission import admit
from devices.history import lines_of

router = APIRouter(prefix="/areas", tags=["areas"])

NOT_CHANGED = ("area_cycle", "area_ended", "area_full", "area_not_empty", "area_too_deep", "parent_unclear")
NOT_THERE = ("area_unknown", "device_unknown")


class RenameAsked(Rename):
    name: Name


class MergeAsked(Merge):
    name: Annotated[Name | None, Field(description="Of the new one.")] = None


Change = Annotated[RenameAsked | Reparent | MergeAsked | Move | End, Field(discriminator="kind")]
EXAMPLE: dict[str, JsonValue] = {
    "kind": "merge", "name": "Xã Tân Đông",
    "areas": ["0f6a2c9e-1f35-4f0b-9a51-93d0c5a7f3d2", "3f1c2b7a-8d43-4b7e-9d0c-5a7f3d20f6a2"],
}  # fmt: skip


class TrialWish(Asked):
    model_config = ConfigDict(json_schema_extra={"examples": [{"change": EXAMPLE}]})

    change: Change


class ChangeWish(TrialWish):
    model_config = ConfigDict(json_schema_extra={"examples": [{"change": EXAMPLE, "fingerprint": "5e2f…"}]})

    fingerprint: Annotated[str, Field(max_length=64, description="Of the preview that was looked at.")]


class Changed(Shown):
    area: Annotated[Id, Field(description="What the change was about: the new area, if there is one.")]


class PastShown(Shown):
    """What an area was called and where it lay, until the next line."""

    since: Instant
    name: str
    parent: Id | None


@router.post("/changes/preview", responses=refusals(*WRITES, *NOT_CHANGED, within=NOT_THERE))
def preview(
    wish: TrialWish, request: Request, services: Served,
    who: Annotated[Caller, Depends(permit(Action.AREA_CHANGE))],
) -> Prospect:  # fmt: skip
    """All that would become of speakers, programmes, rules, rights and what is on air; nothing is kept."""
    act = act_of(services, request, who, None)
    with services.database.write() as session:
        _admit(session, who, wish.change)
        seen = foresee(session, wish.change, act, services.new_id)
    return seen.prospect()


@router.post(
    "/changes",
    responses=refusals(*WRITES, *NOT_CHANGED, "change_outdated", "person_needed", "code_needed", within=NOT_THERE)
    | WAITS,
)  # fmt: skip
def change(
    wish: ChangeWish, request: Request, response: Response, services: Served,
    who: Annotated[Caller, Depends(permit(Action.AREA_CHANGE))], key: Key = None,
) -> Changed | ApprovalShown:  # fmt: skip
    """Do what the preview showed, in one step; refused where it would be something else by now.

    But for a name or an empty area it takes two people.
    """
    act = act_of(services, request, who, key, wish.model_dump_json())
    with services.database.write() as session:
        _admit(session, who, wish.change)
        places = tuple(sorted(places_of(read_land(session), wish.change), key=str))
        asked = Redrawing(wish.change, wish.fingerprint, places)
        made = order(session, AREA_CHANGE, asked, who, act, ports_of(services))
    if made.waits:
        return waiting(request, response, services, who, made.id)
    services.ring()
    services.ring_almanac()
    return Changed(area=made.id)


@router.get(
    "/{area}/history", dependencies=[Depends(permit(Action.SEE))], responses=refusals(*READS, "area_unknown")
)  # fmt: skip
def history(area: Id, services: Served) -> Page[PastShown]:
    """Its names and where it lay, the oldest first."""
    with services.database.read() as session:
        lines = lines_of(session, area)
    return Page(items=[PastShown(since=to_utc(one.since), name=one.name, parent=one.parent_id) for one in lines])


def _admit(session: Session, who: Caller, wish: AreaWish) -> None:
    """Whoever changes areas needs the right in all of them, and in what they lie in before and after; whoever thereby
    gives others rights needs that one, too."""
    named = [("area", area) for area in areas_named(wish)]
    speakers = [("device", device) for device in (wish.devices if isinstance(wish, Move) else ())]
    admit(session, who, Action.AREA_CHANGE, named + speakers)
    rights = list(rights_for(wish))
    if not all(map(who.rights.everywhere, rights)):
        places = places_of(read_land(session), wish)
        for right in rights:
            who.require(right, *places)
