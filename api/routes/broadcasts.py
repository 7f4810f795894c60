"""Bulletins on air: ordered, followed at every speaker, stopped."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlmodel import Session, select

from api import deliveries as at_speakers
from api.approvals import WAITS, ApprovalShown, ports_of, waiting
from api.deliveries import CancelShown, Counts, DeliveryShown, EventShown
from api.deps import Key, Served, Viewer, act_of, permit
from api.paging import After, Limit, newest_first
from api.problems import READS, WRITES, refusals
from api.shapes import Asked, Id, Instant, Moment, Page, Shown
from api.timestamps import to_utc, to_utc_or_none
from controller.approvals.asking import order
from controller.approvals.catalogue import BROADCAST
from controller.broadcast.models import Broadcast, BroadcastArea
from controller.broadcast.ordering import BroadcastRequest, stop_broadcast
from controller.errors.air import BroadcastUnknown
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.reach.admission import admit_named
from controller.reach.sight import Sight

router = APIRouter(prefix="/broadcasts", tags=["broadcasts"])

TraceOf = Annotated[Id | None, Query(description="A target speaker whose every step is shown in `trace`.")]
NOT_ORDERED = (
    "bulletin_not_ready", "no_targets", "start_in_past", "start_too_far", "too_long_on_air", "never_heard", "clash",
    "area_ended",
)  # fmt: skip
NOT_THERE = ("bulletin_unknown", "area_unknown", "device_unknown")


class BroadcastWish(Asked):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "bulletin": "5b0c7a52-3a53-4a51-8f0e-6d6a3f0f1f11",
                    "areas": ["0f6a2c9e-1f35-4f0b-9a51-93d0c5a7f3d2"],
                    "at": "2026-11-23T17:00:00+07:00",
                    "repeats": 2,
                }
            ]
        }
    )

    bulletin: Id
    areas: Annotated[list[Id], Field(default_factory=list, max_length=500)]
    devices: Annotated[list[Id], Field(default_factory=list, max_length=5_000)]
    at: Annotated[Moment | None, Field(description="When it starts, RFC 3339 with an offset; absent: now.")] = None
    rank: Literal["normal", "priority"] = "normal"
    volume: Annotated[int, Field(ge=0, le=100)] = 100
    repeats: Annotated[int, Field(ge=1, le=20)] = 1
    gap_ms: Annotated[int, Field(ge=0, le=3_600_000, description="Silence between repeats.")] = 2_000
    max_late_s: Annotated[int, Field(ge=0, le=39_600, description="How late a speaker may still start.")] = 600
    on_clash: Annotated[
        Literal["append", "refuse"],
        Field(description="Where something of the same or a higher rank sounds then: wait for its end, or refuse."),
    ] = "append"

    @model_validator(mode="after")
    def _somewhere(self) -> "BroadcastWish":
        if not self.areas and not self.devices:
            raise PydanticCustomError("nowhere", "name at least one area or speaker")
        return self


class BroadcastSummary(Shown):
    id: Id
    bulletin: Id
    occurrence: Id
    sha256: Annotated[str, Field(description="Of the audio that the speakers fetch.")]
    duration_ms: int
    rank: str
    volume: int
    repeats: int
    gap_ms: int
    start_at: Instant
    ends_at: Instant
    max_late_ms: int
    expires_at: Annotated[Instant, Field(description="No sample sounds after this.")]
    created_at: Instant
    created_by: str
    approved_by: Annotated[str | None, Field(description="The second person; null: none was needed.")]
    stop_requested_at: Instant | None
    cancel: CancelShown | None
    counts: Annotated[Counts, Field(description="How many speakers stand in which state.")]


class BroadcastShown(BroadcastSummary):
    areas: list[Id]
    targets: Annotated[
        list[Id],
        Field(
            description="Every speaker that it is for and that the caller sees; so are areas, deliveries and counts."
        ),
    ]
    deliveries: list[DeliveryShown]
    trace: list[EventShown] | None = None


@router.post("", status_code=201, responses=refusals(*WRITES, *NOT_ORDERED, within=NOT_THERE) | WAITS)
def create(
    wish: BroadcastWish, request: Request, response: Response, services: Served,
    who: Annotated[Caller, Depends(permit(Action.BROADCAST_CREATE))], key: Key = None,
) -> BroadcastShown | ApprovalShown:  # fmt: skip
    """Order it. From the 201 on every target speaker ends in exactly one of the six ends."""
    act = act_of(services, request, who, key, wish.model_dump_json())
    asked = BroadcastRequest(
        bulletin_id=wish.bulletin, areas=tuple(wish.areas), devices=tuple(wish.devices), start_at=wish.at,
        rank=wish.rank, volume=wish.volume, repeats=wish.repeats, gap_ms=wish.gap_ms,
        max_late_ms=wish.max_late_s * 1_000, on_clash=wish.on_clash,
    )  # fmt: skip
    with services.database.write() as session:
        admit_named(session, who, Action.BROADCAST_CREATE, wish)
        made = order(session, BROADCAST, asked, who, act, ports_of(services))
    if made.waits:
        return waiting(request, response, services, who, made.id)
    services.ring()
    services.ring_almanac()
    response.headers["Location"] = f"{request.url.path}/{made.id}"
    return _show(services, who, made.id)


@router.get("", responses=refusals(*READS, "page_unknown"))
def index(services: Served, who: Viewer, after: After = None, limit: Limit = 50) -> Page[BroadcastSummary]:
    """The newest first."""
    with services.database.read() as session:
        sight = Sight(session, who)
        rows, more = newest_first(session, Broadcast, Broadcast.created_at, after, limit, sight.of("broadcast"))
        counts = at_speakers.counts_by_occurrence(session, sight, [row.occurrence_id for row in rows])
    items = [BroadcastSummary(**_summary(row, counts.get(row.occurrence_id, {}))) for row in rows]
    return Page(items=items, next=more)


@router.get(
    "/{broadcast}", responses=refusals(*READS, "broadcast_unknown", within=["device_unknown"])
)  # fmt: skip
def one(broadcast: Id, services: Served, who: Viewer, trace: TraceOf = None) -> BroadcastShown:
    """Where it stands at every speaker that the caller sees."""
    return _show(services, who, broadcast, trace)


@router.post("/{broadcast}/stop", responses=refusals(*WRITES, "broadcast_unknown"))
def stop(
    broadcast: Id, request: Request, services: Served, who: Annotated[Caller, Depends(permit(Action.BROADCAST_STOP))],
    key: Key = None,
) -> BroadcastShown:  # fmt: skip
    """Stop it everywhere; twice changes nothing. Until a speaker has signed, its `cancel_confirmed` is false."""
    act = act_of(services, request, who, key)
    with services.database.write() as session:
        stop_broadcast(session, broadcast, act)
    services.ring()
    services.ring_almanac()
    return _show(services, who, broadcast)


def _show(services: Served, who: Caller, broadcast: str, trace: str | None = None) -> BroadcastShown:
    with services.database.read() as session:
        row = session.get(Broadcast, broadcast)
        if row is None:
            raise BroadcastUnknown(broadcast=broadcast)
        sight = Sight(session, who)
        found = at_speakers.deliveries_of(session, sight, row.occurrence_id, row.stop_requested_at is not None)
        return BroadcastShown(
            **_summary(row, at_speakers.counts_of(found)), areas=sight.areas(_areas(session, row.id)),
            targets=[delivery.device for delivery in found], deliveries=found,
            trace=at_speakers.trace_of(session, sight, row.occurrence_id, trace) if trace else None,
        )  # fmt: skip


def _areas(session: Session, broadcast: str) -> Sequence[str]:
    return session.exec(select(BroadcastArea.area_id).where(BroadcastArea.broadcast_id == broadcast)).all()


def _summary(row: Broadcast, counts: Counts) -> dict[str, Any]:
    return {
        "id": row.id, "bulletin": row.bulletin_id, "occurrence": row.occurrence_id, "sha256": row.sha256,
        "duration_ms": row.duration_ms, "rank": row.rank, "volume": row.volume, "repeats": row.repeats,
        "gap_ms": row.gap_ms, "start_at": to_utc(row.start_at), "ends_at": to_utc(row.ends_at),
        "max_late_ms": row.max_late_ms, "expires_at": to_utc(row.expires_at), "created_at": to_utc(row.created_at),
        "created_by": row.created_by, "approved_by": row.approved_by,
        "stop_requested_at": to_utc_or_none(row.stop_requested_at),
        "cancel": at_speakers.cancel_of(row.stop_requested_at, counts), "counts": counts,
    }  # fmt: skip
