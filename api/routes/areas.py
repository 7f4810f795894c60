"""Places: provinces, communes, villages."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import ConfigDict, Field
from sqlalchemy import Integer, cast
from sqlmodel import Session, col, func, select

from api.deps import Key, Served, Viewer, act_of, permit
from api.problems import READS, WRITES, refusals
from api.shapes import Asked, Id, Instant, Language, Name, Page, Shown
from api.timestamps import to_utc, to_utc_or_none
from controller.people.answered import already_made, remember
from controller.people.audit import record
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.reach.admission import admit_named
from controller.reach.sight import Sight
from devices.errors import AreaUnknown
from devices.models import Area, Device, Membership
from devices.registry import add_area, parents
from scheduler.timetable import wanted

router = APIRouter(prefix="/areas", tags=["areas"])


class AreaWish(Asked):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Xã Tân Đông", "latitude": 10.383, "longitude": 106.694}]}
    )

    name: Name
    parent: Annotated[Id | None, Field(description="The area that it lies in; absent: a root.")] = None
    latitude: Annotated[float | None, Field(ge=-90, le=90, description="Degrees, WGS 84.")] = None
    longitude: Annotated[float | None, Field(ge=-180, le=180)] = None


class LanguagesWish(Asked):
    model_config = ConfigDict(json_schema_extra={"examples": [{"languages": ["tyz", "vi"]}]})

    languages: Annotated[
        list[Language], Field(max_length=8, description="The wished-for first; empty: as the area above.")
    ]


class AreaShown(Shown):
    id: Id
    name: str
    parent: Id | None
    latitude: float | None
    longitude: float | None
    languages: Annotated[list[str], Field(description="In which languages bulletins are heard here, BCP 47.")]
    created_at: Instant
    ended_at: Annotated[Instant | None, Field(description="It is kept for the record since then.")]
    merged_into: Annotated[Id | None, Field(description="What it became a part of.")]
    speakers: Annotated[int, Field(description="Speakers in service that hear it, those of areas within it included.")]
    online: Annotated[int, Field(description="How many of these are there now.")]


@router.post("", status_code=201, responses=refusals(*WRITES, "area_too_deep", "area_ended", within=["area_unknown"]))
def create(
    wish: AreaWish, request: Request, response: Response, services: Served,
    who: Annotated[Caller, Depends(permit(Action.AREA_CREATE))], key: Key = None,
) -> AreaShown:  # fmt: skip
    """Register a place below another one, or a root."""
    act = act_of(services, request, who, key, wish.model_dump_json())
    with services.database.write() as session:
        admit_named(session, who, Action.AREA_CREATE, wish)
        if wish.parent is None:
            who.require(Action.AREA_CREATE, None)
        made = already_made(session, act)
        if made is None:
            row = Area(
                id=services.new_id(), name=wish.name, parent_id=wish.parent, latitude=wish.latitude,
                longitude=wish.longitude, created_at=act.now,
            )  # fmt: skip
            made = add_area(session, row).id
            remember(session, act, made)
            record(session, act, Action.AREA_CREATE, made, wish.name, area=made)
        response.headers["Location"] = f"{request.url.path}/{made}"
        return _shown(session, session.get_one(Area, made))


@router.get("", responses=refusals(*READS))
def index(
    services: Served, who: Viewer,
    ended: Annotated[bool, Query(description="With those that have ended.")] = False,
) -> Page[AreaShown]:  # fmt: skip
    """All places, by name."""
    chosen = select(Area).order_by(col(Area.name), col(Area.id))
    with services.database.read() as session:
        sight = Sight(session, who)
        seen = sight.of("area")
        rows = session.exec(chosen.where(seen) if ended else chosen.where(seen, col(Area.ended_at).is_(None))).all()
        heard = _heard(session, None if sight.everything else seen)
    return Page(items=[_with_numbers(row, heard) for row in rows])


@router.get("/{area}", dependencies=[Depends(permit(Action.SEE))], responses=refusals(*READS, "area_unknown"))
def one(area: Id, services: Served) -> AreaShown:
    """One place, with its numbers of speakers."""
    with services.database.read() as session:
        row = session.get(Area, area)
        if row is None:
            raise AreaUnknown(area=area)
        return _shown(session, row)


@router.put("/{area}/languages", responses=refusals(*WRITES, "area_unknown"))
def speak(
    area: Id, wish: LanguagesWish, request: Request, services: Served,
    who: Annotated[Caller, Depends(permit(Action.PROGRAMME_EDIT))],
) -> AreaShown:  # fmt: skip
    """Of a bulletin with several versions the first of these languages is heard here; without any, the original."""
    with services.database.write() as session:
        parents(session, area)
        row = session.get_one(Area, area)
        before, row.languages = row.languages, list(dict.fromkeys(wish.languages))
        act, detail = act_of(services, request, who, None), ", ".join(row.languages)
        record(
            session, act, Action.PROGRAMME_EDIT, area, detail, area=area, before={"languages": before},
            after={"languages": row.languages},
        )  # fmt: skip
        wanted(session)
        session.flush()
        shown = _shown(session, row)
    services.ring_almanac()
    return shown


def _shown(session: Session, row: Area) -> AreaShown:
    return _with_numbers(row, _heard(session, col(Area.id) == row.id))


def _heard(session: Session, areas: Any) -> dict[str, tuple[int, int]]:
    """Area to its speakers in service and those online, of those for which the condition holds (None: of all)."""
    online = func.sum(cast(col(Device.online), Integer))
    rows = select(Membership.area_id, func.count(), online).join(Device, col(Device.id) == col(Membership.device_id))
    rows = rows.where(col(Device.retired_at).is_(None)).group_by(col(Membership.area_id))
    if areas is not None:
        rows = rows.where(col(Membership.area_id).in_(select(Area.id).where(areas)))
    return {area_id: (count, there) for area_id, count, there in session.exec(rows)}


def _with_numbers(row: Area, heard: dict[str, tuple[int, int]]) -> AreaShown:
    speakers, online = heard.get(row.id, (0, 0))
    return AreaShown(
        id=row.id, name=row.name, parent=row.parent_id, latitude=row.latitude, longitude=row.longitude,
        languages=row.languages, created_at=to_utc(row.created_at),
        ended_at=to_utc_or_none(row.ended_at), merged_into=row.merged_into, speakers=speakers, online=online,
    )  # fmt: skip
