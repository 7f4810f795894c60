"""Speakers: registered before they speak, then shown with what they last said of themselves."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import ConfigDict, Field, StringConstraints
from sqlmodel import Session, col, select

from api.deps import Key, Served, Viewer, act_of, permit
from api.errors import RequestRefused
from api.problems import READS, WRITES, refusals
from api.shapes import Id, Instant, Located, Name, Page, Shown
from api.timestamps import to_utc, to_utc_or_none
from controller.air.zones import locate
from controller.people.answered import already_made, remember
from controller.people.audit import record
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.reach.admission import admit_named
from controller.reach.sight import Sight
from devices.models import Area, Device, Membership
from devices.registry import add_device, get_device, parents, read_public_key
from devices.standing import Standing
from scheduler.timetable import wanted

router = APIRouter(prefix="/devices", tags=["devices"])

NOT_REGISTERED = ("area_ended", "area_full", "device_taken", "public_key_invalid", "public_key_taken")


class DeviceWish(Located):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Loa ấp 3",
                    "area": "0f6a2c9e-1f35-4f0b-9a51-93d0c5a7f3d2",
                    "public_key": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
                }
            ]
        }
    )

    name: Name
    area: Id
    public_key: Annotated[
        str, StringConstraints(max_length=1_000), Field(description="Ed25519, as PEM or as 43 letters of base64url.")
    ]
    id: Annotated[Id | None, Field(description="The speaker's own id, where it has one already.")] = None


class CoordinatesWish(Located):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"latitude": 10.3830, "longitude": 106.6940, "bearing": 90.0}]}
    )

    bearing: Annotated[
        float | None,
        Field(ge=0, le=360, description="Where its horn points, degrees from north over east; null: all round."),
    ] = None


class PlaceShown(Shown):
    area: Id
    number: Annotated[int, Field(description="The speaker's number there, never given again.")]


class DeviceShown(Shown):
    id: Id
    name: str
    area: Id
    places: Annotated[list[PlaceShown], Field(description="Its area and every area around it that the caller sees.")]
    latitude: Annotated[float | None, Field(description="null: unknown; then it is in no zone.")]
    longitude: float | None
    bearing: Annotated[float | None, Field(description="Degrees from north over east; null: all round.")]
    registered_at: Instant
    status: Annotated[str, Field(description="`in_service`, `lost`, `stolen`, `replaced` or `retired`.")]
    status_at: Annotated[Instant | None, Field(description="null: in service since it was registered.")]
    retired_at: Annotated[Instant | None, Field(description="Out of service since then.")]
    replaced_by: Annotated[Id | None, Field(description="The speaker that took its place.")]
    replaces: Annotated[Id | None, Field(description="The speaker whose place it took.")]
    online: bool
    last_seen: Annotated[Instant | None, Field(description="null: it has never spoken.")]
    online_changed_at: Instant | None
    model: str | None
    firmware: str | None
    health: Annotated[dict[str, Any], Field(description="The latest values; docs/protocol.md names their units.")]
    health_at: Instant | None
    config_seq: Annotated[int, Field(description="The configuration that holds for it; 0: none has been made.")]
    reported_config_seq: Annotated[int, Field(description="The configuration that it last said to follow.")]


class Registered(DeviceShown):
    birth: Annotated[dict[str, str], Field(description="What the speaker must be born with.")]


@router.post("", status_code=201, responses=refusals(*WRITES, *NOT_REGISTERED, within=["area_unknown"]))
def register(
    wish: DeviceWish, request: Request, response: Response, services: Served,
    who: Annotated[Caller, Depends(permit(Action.DEVICE_REGISTER))], key: Key = None,
) -> Registered:  # fmt: skip
    """Make a speaker known by its public key; the answer holds what it must be born with."""
    act = act_of(services, request, who, key, wish.model_dump_json())
    with services.database.write() as session:
        admit_named(session, who, Action.DEVICE_REGISTER, wish)
        made = already_made(session, act)
        if made is None:
            made = _add(session, wish, wish.id or services.new_id(), act.now)
            remember(session, act, made)
            record(session, act, Action.DEVICE_REGISTER, made, wish.name, area=wish.area)
            wanted(session)
        shown = shown_of(session, who, session.get_one(Device, made))
    services.ring()
    services.ring_almanac()
    response.headers["Location"] = f"{request.url.path}/{made}"
    return Registered(**shown.model_dump(), birth=services.keyring.birth(made))


@router.get("", responses=refusals(*READS, within=["area_unknown"]))
def index(
    services: Served, who: Viewer,
    area: Annotated[Id | None, Query(description="Only those that hear this area, areas within it included.")] = None,
    online: bool | None = None,
    status: Annotated[Standing | None, Query(description="Only those that are so.")] = None,
    after: Annotated[Id | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
) -> Page[DeviceShown]:  # fmt: skip
    """Speakers by id."""
    with services.database.read() as session:
        rows = select(Device).where(Sight(session, who).of("device")).order_by(col(Device.id)).limit(limit + 1)
        if area is not None:
            parents(session, area)
            rows = rows.join(Membership, col(Membership.device_id) == col(Device.id)).where(Membership.area_id == area)
        if online is not None:
            rows = rows.where(Device.online == online)
        if status is not None:
            rows = rows.where(Device.status == status.value)
        if after is not None:
            rows = rows.where(col(Device.id) > after)
        found = session.exec(rows).all()
        shown = _shown(session, who, found[:limit])
    return Page(items=shown, next=shown[-1].id if len(found) > limit else None)


@router.get("/{device}", responses=refusals(*READS, "device_unknown"))
def one(device: Id, services: Served, who: Viewer) -> DeviceShown:
    """One speaker, with the latest that is known of it."""
    with services.database.read() as session:
        return shown_of(session, who, get_device(session, device))


@router.put("/{device}/coordinates", responses=refusals(*WRITES, "device_unknown"))
def set_coordinates(
    device: Id, wish: CoordinatesWish, request: Request, services: Served,
    who: Annotated[Caller, Depends(permit(Action.DEVICE_REGISTER))],
) -> DeviceShown:  # fmt: skip
    """Say where a speaker stands and where its horn points, as a whole: what is left out is unknown.

    Its zones follow from its place.
    """
    act = act_of(services, request, who, None)
    with services.database.write() as session:
        shown = shown_of(session, who, locate(session, device, wish.point, wish.bearing, act))
    services.ring()
    return shown


def _add(session: Session, wish: DeviceWish, device_id: str, now: int) -> str:
    if session.get(Device, device_id) is not None:
        raise RequestRefused("device_taken", device=device_id)
    public_key = read_public_key(wish.public_key)
    row = Device(
        id=device_id, name=wish.name, area_id=wish.area, public_key=public_key, registered_at=now,
        latitude=wish.latitude, longitude=wish.longitude,
    )  # fmt: skip
    wanted(session)
    return add_device(session, row).id


def shown_of(session: Session, who: Caller, row: Device) -> DeviceShown:
    """One speaker as a caller sees it."""
    return _shown(session, who, [row])[0]


def _shown(session: Session, who: Caller, rows: Sequence[Device]) -> list[DeviceShown]:
    held = _places(session, who, [row.id for row in rows])
    before = select(Device.replaced_by, Device.id).where(col(Device.replaced_by).in_([row.id for row in rows]))
    replaced = dict(session.exec(before).all())
    return [
        DeviceShown(
            id=row.id, name=row.name, area=row.area_id, places=held.get(row.id, []),
            latitude=row.latitude, longitude=row.longitude, bearing=row.bearing,
            registered_at=to_utc(row.registered_at), status=row.status, status_at=to_utc_or_none(row.status_at),
            retired_at=to_utc_or_none(row.retired_at), replaced_by=row.replaced_by, replaces=replaced.get(row.id),
            online=row.online,
            last_seen=to_utc_or_none(row.last_seen), online_changed_at=to_utc_or_none(row.online_changed_at),
            model=row.model, firmware=row.firmware, health=row.health, health_at=to_utc_or_none(row.health_at),
            config_seq=row.config_seq, reported_config_seq=row.reported_config_seq,
        )
        for row in rows
    ]  # fmt: skip


def _places(session: Session, who: Caller, devices: Iterable[str]) -> dict[str, list[PlaceShown]]:
    """Those that are seen: a number of a place around them tells how many speakers others have."""
    rows = select(Membership).where(col(Membership.device_id).in_(list(devices))).order_by(col(Membership.area_id))
    if not (sight := Sight(session, who)).everything:
        rows = rows.where(col(Membership.area_id).in_(select(Area.id).where(sight.of("area"))))
    found: dict[str, list[PlaceShown]] = {}
    for row in session.exec(rows):
        found.setdefault(row.device_id, []).append(PlaceShown(area=row.area_id, number=row.number))
    return found
