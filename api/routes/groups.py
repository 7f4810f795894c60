"""Groups of speakers, across areas."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ConfigDict, Field
from sqlmodel import Session, col, select

from api.approvals import WAITS, ApprovalShown, ports_of, waiting
from api.deps import Key, Served, Viewer, act_of, permit
from api.problems import READS, WRITES, refusals
from api.shapes import Asked, Id, Instant, Name, Page, Shown
from api.timestamps import to_utc
from controller.approvals.asking import order
from controller.approvals.catalogue import GROUP
from controller.approvals.planning import GroupChanged
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.programmes.groups import create_group, end_group, find_group, members_of
from controller.reach.admission import admit_named
from controller.reach.sight import Sight
from scheduler.programmes.models import SpeakerGroup

router = APIRouter(prefix="/groups", tags=["groups"])

Editor = Annotated[Caller, Depends(permit(Action.PROGRAMME_EDIT))]


class GroupWish(Asked):
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Cụm loa chợ", "devices": []}]})

    name: Name
    devices: Annotated[list[Id], Field(default_factory=list, max_length=5_000)]


class GroupShown(Shown):
    id: Id
    name: str
    devices: list[Id]
    created_at: Instant


@router.post("", status_code=201, responses=refusals(*WRITES, within=["device_unknown"]))
def create(
    wish: GroupWish, request: Request, response: Response, services: Served, who: Editor, key: Key = None
) -> GroupShown:
    """Name some speakers."""
    act = act_of(services, request, who, key, wish.model_dump_json())
    with services.database.write() as session:
        _admit(session, who, wish)
        made = create_group(session, wish.name, wish.devices, act, services.new_id)
        response.headers["Location"] = f"{request.url.path}/{made}"
        return _shown(session, who, find_group(session, made))


@router.get("", responses=refusals(*READS))
def index(services: Served, who: Viewer) -> Page[GroupShown]:
    """All groups, by name, each with the speakers that the caller sees."""
    with services.database.read() as session:
        rows = select(SpeakerGroup).where(Sight(session, who).of("group"))
        found = session.exec(rows.order_by(col(SpeakerGroup.name), col(SpeakerGroup.id)))
        return Page(items=[_shown(session, who, row) for row in found])


@router.get("/{group}", responses=refusals(*READS, "group_unknown"))
def one(group: Id, services: Served, who: Viewer) -> GroupShown:
    """One group."""
    with services.database.read() as session:
        return _shown(session, who, find_group(session, group))


@router.put("/{group}", responses=refusals(*WRITES, "group_unknown", within=["device_unknown"]) | WAITS)
def change(
    group: Id, wish: GroupWish, request: Request, response: Response, services: Served, who: Editor
) -> GroupShown | ApprovalShown:
    """Put these speakers in place of those that it has. Where programmes name it, they sound there too."""
    act = act_of(services, request, who, None)
    with services.database.write() as session:
        _admit(session, who, wish)
        asked = GroupChanged(group, wish.name, tuple(wish.devices))
        made = order(session, GROUP, asked, who, act, ports_of(services))
        shown = _shown(session, who, find_group(session, group))
    if made.waits:
        return waiting(request, response, services, who, made.id)
    services.ring_almanac()
    return shown


@router.delete("/{group}", status_code=204, responses=refusals(*WRITES, "group_unknown", "group_in_use"))
def delete(group: Id, request: Request, services: Served, who: Editor) -> None:
    """Forget it; refused while a programme names it."""
    with services.database.write() as session:
        end_group(session, group, act_of(services, request, who, None))


def _admit(session: Session, who: Caller, wish: GroupWish) -> None:
    """A group belongs where its speakers stand; one without any to the installation."""
    admit_named(session, who, Action.PROGRAMME_EDIT, wish)
    if not wish.devices:
        who.require(Action.PROGRAMME_EDIT, None)


def _shown(session: Session, who: Caller, row: SpeakerGroup) -> GroupShown:
    sight, devices = Sight(session, who), members_of(session, row.id)
    seen = devices if sight.everything else sorted(sight.seen("device", devices))
    return GroupShown(id=row.id, name=row.name, devices=seen, created_at=to_utc(row.created_at))
