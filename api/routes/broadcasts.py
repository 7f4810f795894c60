"""Bulletins on air: ordered, followed at every speaker, stopped."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field, model_validator
from sqlmodel import Session, select

from api.deliveries import DeliveryShown, EventShown, counts_of, deliveries_of, trace_of
from api.deps import Key, Served, act_of, permit
from api.paging import newest
from api.shapes import Asked, Id, Instant, Page, Shown
from api.timestamps import to_micros, to_utc, to_utc_or_none
from controller.broadcast.models import Broadcast, BroadcastArea
from controller.broadcast.ordering import BroadcastRequest, create_broadcast, stop_broadcast
from controller.errors import BroadcastUnknown
from controller.people.permissions import Action

router = APIRouter(prefix="/broadcasts", tags=["broadcasts"])


class BroadcastWish(Asked):
    bulletin: Id
    areas: Annotated[list[Id], Field(default_factory=list, max_length=500)]
    devices: Annotated[list[Id], Field(default_factory=list, max_length=5_000)]
    at: Annotated[Instant | None, Field(description="When it starts; absent: now.")] = None
    rank: Literal["normal", "priority"] = "normal"
    volume: Annotated[int, Field(ge=0, le=100)] = 100
    repeats: Annotated[int, Field(ge=1, le=20)] = 1
    gap_ms: Annotated[int, Field(ge=0, le=3_600_000)] = 2_000
    max_late_s: Annotated[int, Field(ge=0, le=39_600, description="How late a speaker may still start.")] = 600
    on_clash: Annotated[
        Literal["append", "refuse"],
        Field(description="Where something of the same or a higher rank sounds then: wait for its end, or refuse."),
    ] = "append"

    @model_validator(mode="after")
    def _somewhere(self) -> "BroadcastWish":
        if not self.areas and not self.devices:
            raise ValueError("name at least one area or speaker")
        return self


class BroadcastSummary(Shown):
    id: Id
    bulletin: Id
    occurrence: Id
    sha256: str
    duration_ms: int
    rank: str
    volume: int
    repeats: int
    gap_ms: int
    start_at: Instant
    ends_at: Instant
    max_late_ms: int
    expires_at: Instant
    """No sample sounds after this."""
    created_at: Instant
    created_by: str
    stop_requested_at: Instant | None
    counts: dict[str, int]
    """How many speakers stand in which state."""


class BroadcastShown(BroadcastSummary):
    areas: list[Id]
    targets: list[Id]
    """Every speaker that it is for."""
    deliveries: list[DeliveryShown]
    trace: list[EventShown] | None = None


@router.post("", status_code=201)
def create(
    wish: BroadcastWish, request: Request, services: Served,
    who: Annotated[str, Depends(permit(Action.BROADCAST_CREATE))], key: Key = None,
) -> BroadcastShown:  # fmt: skip
    """Order it. From this answer on every target speaker ends in exactly one of the six ends."""
    act = act_of(services, request, who, key, wish.model_dump_json())
    asked = BroadcastRequest(
        bulletin_id=wish.bulletin, areas=tuple(wish.areas), devices=tuple(wish.devices),
        start_at=to_micros(wish.at) if wish.at else None, rank=wish.rank, volume=wish.volume, repeats=wish.repeats,
        gap_ms=wish.gap_ms, max_late_ms=wish.max_late_s * 1_000, on_clash=wish.on_clash,
    )  # fmt: skip
    with services.database.write() as session:
        made = create_broadcast(session, asked, act, services.new_id, services.settings.air.lead_ms)
    services.ring()
    return _show(services, made)


@router.get("", dependencies=[Depends(permit(Action.SEE))])
def index(
    services: Served, after: Id | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Page[BroadcastSummary]:
    """The newest first."""
    with services.database.read() as session:
        rows, following = newest(session, Broadcast, _get(session, after) if after else None, limit)
        shown = [_summary(row, counts_of(deliveries_of(session, row.occurrence_id, False))) for row in rows]
    return Page(items=shown, next=following)


@router.get("/{broadcast}", dependencies=[Depends(permit(Action.SEE))])
def one(
    broadcast: Id, services: Served,
    trace: Annotated[Id | None, Query(description="A speaker whose every step is shown.")] = None,
) -> BroadcastShown:  # fmt: skip
    """Where it stands at every speaker."""
    return _show(services, broadcast, trace)


@router.post("/{broadcast}/stop")
def stop(
    broadcast: Id, request: Request, services: Served, who: Annotated[str, Depends(permit(Action.BROADCAST_STOP))],
    key: Key = None,
) -> BroadcastShown:  # fmt: skip
    """Stop it everywhere. Until a speaker has signed, its `cancel_confirmed` is false."""
    act = act_of(services, request, who, key)
    with services.database.write() as session:
        stop_broadcast(session, broadcast, act)
    services.ring()
    return _show(services, broadcast)


def _show(services: Served, broadcast: str, trace: str | None = None) -> BroadcastShown:
    with services.database.read() as session:
        row = _get(session, broadcast)
        deliveries = deliveries_of(session, row.occurrence_id, row.stop_requested_at is not None)
        areas = session.exec(select(BroadcastArea.area_id).where(BroadcastArea.broadcast_id == row.id)).all()
        return BroadcastShown(
            **_summary(row, counts_of(deliveries)).model_dump(), areas=sorted(areas),
            targets=[delivery.device for delivery in deliveries], deliveries=deliveries,
            trace=trace_of(session, row.occurrence_id, trace) if trace else None,
        )  # fmt: skip


def _get(session: Session, broadcast: str) -> Broadcast:
    row = session.get(Broadcast, broadcast)
    if row is None:
        raise BroadcastUnknown(broadcast=broadcast)
    return row


def _summary(row: Broadcast, counts: dict[str, int]) -> BroadcastSummary:
    return BroadcastSummary(
        id=row.id, bulletin=row.bulletin_id, occurrence=row.occurrence_id, sha256=row.sha256,
        duration_ms=row.duration_ms, rank=row.rank, volume=row.volume, repeats=row.repeats, gap_ms=row.gap_ms,
        start_at=to_utc(row.start_at), ends_at=to_utc(row.ends_at), max_late_ms=row.max_late_ms,
        expires_at=to_utc(row.expires_at), created_at=to_utc(row.created_at), created_by=row.created_by,
        stop_requested_at=to_utc_or_none(row.stop_requested_at), counts=counts,
    )  # fmt: skip
