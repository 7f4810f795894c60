"""Zones: circles around schools, hospitals and temples, in which speakers have rules of their own."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ConfigDict, Field
from sqlmodel import col, select

from api.deps import Key, Served, Viewer, act_of, permit
from api.problems import READS, WRITES, refusals
from api.routes.air import Editor
from api.shapes import Asked, Id, Instant, Latitude, Longitude, Name, Page, Shown
from api.timestamps import to_utc
from controller.air.zones import delete_zone, get_zone, put_zone
from controller.people.answered import already_made, remember
from controller.people.permissions import Action
from controller.reach.admission import admit_named
from controller.reach.sight import Sight
from scheduler.air.models import Zone

router = APIRouter(prefix="/zones", tags=["air"])


class ZoneWish(Asked):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Trường tiểu học Tân Đông", "kind": "school", "latitude": 10.3830, "longitude": 106.6940,
                    "radius_m": 200,
                }
            ]
        }
    )  # fmt: skip

    name: Name
    kind: Annotated[
        Literal["school", "hospital", "temple", "other"], Field(description="For people; rules do not depend on it.")
    ]
    latitude: Latitude
    longitude: Longitude
    radius_m: Annotated[int, Field(ge=10, le=10_000, description="Metres over the ground, the rim included.")]
    area: Annotated[
        Id | None,
        Field(
            description="Whose it is: it binds no speaker outside. Absent: the caller's one place; of an old one, as "
            "it was."
        ),
    ] = None


class ZoneShown(Shown):
    id: Id
    name: str
    kind: str
    latitude: float
    longitude: float
    radius_m: int
    area: Annotated[Id | None, Field(description="It binds no speaker outside; null: the whole installation.")]
    created_at: Instant


@router.post(
    "",
    status_code=201,
    responses=refusals(*WRITES, "owner_needed", within=["air_zone_unknown", "area_unknown"]),
)
def create(
    wish: ZoneWish, request: Request, response: Response, services: Served, who: Editor, key: Key = None
) -> ZoneShown:
    """Draw a circle; it binds nobody until it has a rule."""
    act = act_of(services, request, who, key, wish.model_dump_json())
    with services.database.write() as session:
        admit_named(session, who, Action.AIR_EDIT, wish)
        made = already_made(session, act)
        if made is None:
            area = who.home(Action.AIR_EDIT) if wish.area is None else wish.area
            row = Zone(id=services.new_id(), created_at=act.now, area_id=area, **wish.model_dump(exclude={"area"}))
            made = put_zone(session, row, act).id
            remember(session, act, made)
        shown = _shown(get_zone(session, made))
    services.ring()
    response.headers["Location"] = f"{request.url.path}/{made}"
    return shown


@router.get("", responses=refusals(*READS))
def index(services: Served, who: Viewer) -> Page[ZoneShown]:
    """All zones, by name."""
    with services.database.read() as session:
        rows = session.exec(select(Zone).where(Sight(session, who).of("zone")).order_by(col(Zone.name), col(Zone.id)))
        return Page(items=[_shown(row) for row in rows])


@router.get("/{zone}", dependencies=[Depends(permit(Action.SEE))], responses=refusals(*READS, "air_zone_unknown"))
def one(zone: Id, services: Served) -> ZoneShown:
    """One zone."""
    with services.database.read() as session:
        return _shown(get_zone(session, zone))


@router.put("/{zone}", responses=refusals(*WRITES, "air_zone_unknown", within=["area_unknown"]))
def change(zone: Id, wish: ZoneWish, request: Request, services: Served, who: Editor) -> ZoneShown:
    """Put this in place of the zone; its rules stay."""
    act = act_of(services, request, who, None)
    with services.database.write() as session:
        admit_named(session, who, Action.AIR_EDIT, wish)
        known = get_zone(session, zone)
        area = known.area_id if wish.area is None else wish.area
        row = Zone(id=zone, created_at=known.created_at, area_id=area, **wish.model_dump(exclude={"area"}))
        shown = _shown(put_zone(session, row, act))
    services.ring()
    return shown


@router.delete("/{zone}", status_code=204, responses=refusals(*WRITES, "air_zone_unknown"))
def delete(zone: Id, request: Request, services: Served, who: Editor) -> None:
    """The zone is gone, and its rules with it."""
    act = act_of(services, request, who, None)
    with services.database.write() as session:
        delete_zone(session, zone, act)
    services.ring()


def _shown(row: Zone) -> ZoneShown:
    return ZoneShown(
        id=row.id, name=row.name, kind=row.kind, latitude=row.latitude, longitude=row.longitude,
        radius_m=row.radius_m, area=row.area_id, created_at=to_utc(row.created_at),
    )  # fmt: skip
