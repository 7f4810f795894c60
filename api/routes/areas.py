"""Places: provinces, communes, villages."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from sqlmodel import Session, col, func, select

from api.deps import Key, Served, act_of, permit
from api.shapes import Asked, Id, Instant, Name, Page, Shown
from api.timestamps import to_utc
from controller.people.answered import already_made, remember
from controller.people.audit import record
from controller.people.permissions import Action
from devices.errors import AreaUnknown
from devices.models import Area, Membership
from devices.registry import add_area

router = APIRouter(prefix="/areas", tags=["areas"])


class AreaWish(Asked):
    name: Name
    parent: Id | None = None
    latitude: Annotated[float | None, Field(ge=-90, le=90)] = None
    longitude: Annotated[float | None, Field(ge=-180, le=180)] = None


class AreaShown(Shown):
    id: Id
    name: str
    parent: Id | None
    latitude: float | None
    longitude: float | None
    created_at: Instant
    speakers: int
    """Speakers that hear this area, those of areas within it included."""


@router.post("", status_code=201)
def create(
    wish: AreaWish, request: Request, services: Served, who: Annotated[str, Depends(permit(Action.AREA_CREATE))],
    key: Key = None,
) -> AreaShown:  # fmt: skip
    """Register a place below another one, or a root."""
    act = act_of(services, request, who, key, wish.model_dump_json())
    with services.database.write() as session:
        made = already_made(session, act)
        if made is None:
            row = Area(
                id=services.new_id(), name=wish.name, parent_id=wish.parent, latitude=wish.latitude,
                longitude=wish.longitude, created_at=act.now,
            )  # fmt: skip
            made = add_area(session, row).id
            remember(session, act, made)
            record(session, act, Action.AREA_CREATE, made, wish.name)
        return _shown(session, session.get_one(Area, made))


@router.get("", dependencies=[Depends(permit(Action.SEE))])
def index(services: Served) -> Page[AreaShown]:
    """All places, by name."""
    with services.database.read() as session:
        rows = session.exec(select(Area).order_by(col(Area.name), col(Area.id))).all()
        counts = dict(session.exec(select(Membership.area_id, func.count()).group_by(col(Membership.area_id))).all())
        return Page(items=[_with_count(row, counts.get(row.id, 0)) for row in rows])


@router.get("/{area}", dependencies=[Depends(permit(Action.SEE))])
def one(area: Id, services: Served) -> AreaShown:
    with services.database.read() as session:
        row = session.get(Area, area)
        if row is None:
            raise AreaUnknown(area=area)
        return _shown(session, row)


def _shown(session: Session, row: Area) -> AreaShown:
    count = session.exec(select(func.count()).select_from(Membership).where(Membership.area_id == row.id)).one()
    return _with_count(row, count)


def _with_count(row: Area, speakers: int) -> AreaShown:
    return AreaShown(
        id=row.id, name=row.name, parent=row.parent_id, latitude=row.latitude, longitude=row.longitude,
        created_at=to_utc(row.created_at), speakers=speakers,
    )  # fmt: skip
