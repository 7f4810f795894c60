"""Speakers: registered before they speak, then shown with what they last said of themselves."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import StringConstraints
from sqlmodel import Session, col, select

from api.deps import Key, Served, act_of, permit
from api.errors import RequestRefused
from api.shapes import Asked, Id, Instant, Name, Page, Shown
from api.timestamps import to_utc, to_utc_or_none
from controller.people.answered import already_made, remember
from controller.people.audit import record
from controller.people.permissions import Action
from devices.models import Device, Membership
from devices.registry import add_device, get_device, places, read_public_key

router = APIRouter(prefix="/devices", tags=["devices"])


class DeviceWish(Asked):
    name: Name
    area: Id
    public_key: Annotated[str, StringConstraints(max_length=1_000)]
    """Ed25519, as PEM or as 43 letters of base64url."""
    id: Id | None = None
    """The speaker's own id, where it has one already."""


class PlaceShown(Shown):
    area: Id
    number: int
    """The speaker's number there, never given again."""


class DeviceShown(Shown):
    id: Id
    name: str
    area: Id
    places: list[PlaceShown]
    registered_at: Instant
    online: bool
    last_seen: Instant | None
    """None: it has never spoken."""
    model: str | None
    firmware: str | None
    health: dict[str, Any]
    """The latest values; see docs/protocol.md for their units."""
    health_at: Instant | None
    config_seq: int
    reported_config_seq: int


class Registered(DeviceShown):
    birth: dict[str, str]
    """What the speaker must be born with."""


@router.post("", status_code=201)
def register(
    wish: DeviceWish, request: Request, services: Served, who: Annotated[str, Depends(permit(Action.DEVICE_REGISTER))],
    key: Key = None,
) -> Registered:  # fmt: skip
    """Make a speaker known by its public key; the answer holds what it must be born with."""
    act = act_of(services, request, who, key, wish.model_dump_json())
    with services.database.write() as session:
        made = already_made(session, act)
        if made is None:
            made = _add(session, wish, wish.id or services.new_id(), act.now)
            remember(session, act, made)
            record(session, act, Action.DEVICE_REGISTER, made, wish.name)
        shown = _shown(session, session.get_one(Device, made))
    services.ring()
    return Registered(**shown.model_dump(), birth=services.keyring.birth(made))


@router.get("", dependencies=[Depends(permit(Action.SEE))])
def index(
    services: Served, area: Id | None = None, online: bool | None = None, after: Id | None = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
) -> Page[DeviceShown]:  # fmt: skip
    """Speakers by id; `area` includes the areas within it."""
    rows = select(Device).order_by(col(Device.id)).limit(limit + 1)
    if area is not None:
        rows = rows.join(Membership, col(Membership.device_id) == col(Device.id)).where(Membership.area_id == area)
    if online is not None:
        rows = rows.where(Device.online == online)
    if after is not None:
        rows = rows.where(col(Device.id) > after)
    with services.database.read() as session:
        found = session.exec(rows).all()
        shown = [_shown(session, row) for row in found[:limit]]
    return Page(items=shown, next=shown[-1].id if len(found) > limit else None)


@router.get("/{device}", dependencies=[Depends(permit(Action.SEE))])
def one(device: Id, services: Served) -> DeviceShown:
    with services.database.read() as session:
        return _shown(session, get_device(session, device))


def _add(session: Session, wish: DeviceWish, device_id: str, now: int) -> str:
    if session.get(Device, device_id) is not None:
        raise RequestRefused("device_taken", device=device_id)
    public_key = read_public_key(wish.public_key)
    row = Device(id=device_id, name=wish.name, area_id=wish.area, public_key=public_key, registered_at=now)
    return add_device(session, row).id


def _shown(session: Session, row: Device) -> DeviceShown:
    held = [PlaceShown(area=place.area_id, number=place.number) for place in places(session, row.id)]
    return DeviceShown(
        id=row.id, name=row.name, area=row.area_id, places=held, registered_at=to_utc(row.registered_at),
        online=row.online, last_seen=to_utc_or_none(row.last_seen), model=row.model, firmware=row.firmware,
        health=row.health, health_at=to_utc_or_none(row.health_at), config_seq=row.config_seq,
        reported_config_seq=row.reported_config_seq,
    )  # fmt: skip
