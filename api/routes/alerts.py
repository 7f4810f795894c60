"""Emergencies: an API call that sounds in about a second, by no human hand."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from sqlmodel import Session, select

from api import deliveries as at_speakers
from api.approvals import WAITS, ApprovalShown, ports_of, waiting
from api.deliveries import CancelShown, Counts, DeliveryShown, EventShown
from api.deps import Key, Served, Viewer, act_of, permit
from api.paging import After, Limit, newest_first
from api.problems import READS, WRITES, refusals
from api.routes.broadcasts import TraceOf
from api.shapes import Asked, Id, Instant, Moment, Page, Shown
from api.timestamps import to_utc, to_utc_or_none
from controller.alerts.models import AlertArea, AlertRow
from controller.alerts.raising import AlertRequest, cancel_alert, get_alert
from controller.approvals.asking import order
from controller.approvals.catalogue import ALERT
from controller.library.bulletins import check_text
from controller.library.glossary import glossary_of_all
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.reach.admission import admit_named
from controller.reach.sight import Sight
from devices.protocol.units import SECOND

router = APIRouter(prefix="/alerts", tags=["alerts"])

NOT_RAISED = ("area_ended", "nothing_to_say", "no_targets", "expiry_invalid")


class AlertWish(Asked):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "text": "Nước sông đang lên rất nhanh. Bà con ấp 3 di chuyển ngay đến trường tiểu học.",
                    "areas": ["0f6a2c9e-1f35-4f0b-9a51-93d0c5a7f3d2"],
                    "expires_in_s": 1800,
                }
            ]
        }
    )

    text: Annotated[str, StringConstraints(min_length=1, max_length=4_000)]
    areas: Annotated[list[Id], Field(min_length=1, max_length=500)]
    expires_at: Moment | None = None
    expires_in_s: Annotated[int | None, Field(ge=10, le=604_800)] = None
    repeats: Annotated[int, Field(ge=1, le=20, description="How often tone and speech sound.")] = 2
    gap_ms: Annotated[int, Field(ge=0, le=600_000, description="Silence before the next tone.")] = 3_000
    volume: Annotated[int, Field(ge=0, le=100)] = 100

    @model_validator(mode="after")
    def _one_expiry(self) -> "AlertWish":
        if (self.expires_at is None) == (self.expires_in_s is None):
            raise PydanticCustomError("one_expiry", "give exactly one of expires_at and expires_in_s")
        return self


class AlertSummary(Shown):
    id: Id
    text: str
    read_as: Annotated[str, Field(description="The words that are spoken.")]
    rev: Annotated[int, Field(description="Grows with every change; the speakers follow the highest.")]
    start_at: Annotated[Instant, Field(description="When the first tone sounds.")]
    expires_at: Instant
    repeats: int
    gap_ms: int
    volume: int
    tone_sha256: str
    tone_ms: int
    speech_sha256: Annotated[str | None, Field(description="null: the text is still being spoken.")]
    speech_ms: int
    speech_at: Instant | None
    speech_problem: Annotated[str | None, Field(description="Why the text could not be spoken: the tone is all.")]
    created_at: Instant
    created_by: str
    approved_by: Annotated[str | None, Field(description="The second person; null: none was needed.")]
    cancelled_at: Instant | None
    cancel: CancelShown | None
    counts: Annotated[Counts, Field(description="How many speakers stand in which state.")]


class AlertShown(AlertSummary):
    areas: list[Id]
    targets: list[Id]
    deliveries: list[DeliveryShown]
    trace: list[EventShown] | None = None


@router.post("", status_code=201, responses=refusals(*WRITES, *NOT_RAISED, within=["area_unknown"]) | WAITS)
def create(
    wish: AlertWish, request: Request, response: Response, services: Served,
    who: Annotated[Caller, Depends(permit(Action.ALERT_CREATE))], key: Key = None,
) -> AlertShown | ApprovalShown:  # fmt: skip
    """Sound the alert tone now; the text follows as soon as it has been spoken. A person's to everyone waits."""
    act = act_of(services, request, who, key, wish.model_dump_json())
    with services.database.read() as session:
        admit_named(session, who, Action.ALERT_CREATE, wish)
        glossary = glossary_of_all(session, wish.areas)
    read_as = services.studio.read_as(wish.text, glossary)
    check_text(wish.text, read_as)
    expires_at = wish.expires_at or act.now + (wish.expires_in_s or 0) * SECOND
    asked = AlertRequest(wish.text, read_as, tuple(wish.areas), expires_at, wish.repeats, wish.gap_ms, wish.volume)
    with services.database.write() as session:
        made = order(session, ALERT, asked, who, act, ports_of(services))
    if made.waits:
        return waiting(request, response, services, who, made.id)
    services.ring()
    services.ring_voice()
    response.headers["Location"] = f"{request.url.path}/{made.id}"
    return _show(services, who, made.id)


@router.get("", responses=refusals(*READS, "page_unknown"))
def index(services: Served, who: Viewer, after: After = None, limit: Limit = 50) -> Page[AlertSummary]:
    """The newest first."""
    with services.database.read() as session:
        sight = Sight(session, who)
        rows, more = newest_first(session, AlertRow, AlertRow.created_at, after, limit, sight.of("alert"))
        counts = at_speakers.counts_by_occurrence(session, sight, [row.id for row in rows])
    return Page(items=[AlertSummary(**_summary(row, counts.get(row.id, {}))) for row in rows], next=more)


@router.get(
    "/{alert}", responses=refusals(*READS, "alert_unknown", within=["device_unknown"])
)  # fmt: skip
def one(alert: Id, services: Served, who: Viewer, trace: TraceOf = None) -> AlertShown:
    """Where it stands at every speaker that the caller sees."""
    return _show(services, who, alert, trace)


@router.post("/{alert}/cancel", responses=refusals(*WRITES, "alert_unknown"))
def cancel(
    alert: Id, request: Request, services: Served, who: Annotated[Caller, Depends(permit(Action.ALERT_CANCEL))],
    key: Key = None,
) -> AlertShown:  # fmt: skip
    """Take it back everywhere; twice changes nothing. Until a speaker has signed, its `cancel_confirmed` is false."""
    act = act_of(services, request, who, key)
    with services.database.write() as session:
        cancel_alert(session, alert, act)
    services.ring()
    return _show(services, who, alert)


def _show(services: Served, who: Caller, alert: str, trace: str | None = None) -> AlertShown:
    with services.database.read() as session:
        row = get_alert(session, alert)
        sight = Sight(session, who)
        found = at_speakers.deliveries_of(session, sight, row.id, row.cancelled_at is not None)
        return AlertShown(
            **_summary(row, at_speakers.counts_of(found)), areas=sight.areas(_areas(session, row.id)),
            targets=[delivery.device for delivery in found], deliveries=found,
            trace=at_speakers.trace_of(session, sight, row.id, trace) if trace else None,
        )  # fmt: skip


def _areas(session: Session, alert: str) -> Sequence[str]:
    return session.exec(select(AlertArea.area_id).where(AlertArea.alert_id == alert)).all()


def _summary(row: AlertRow, counts: Counts) -> dict[str, Any]:
    return {
        "id": row.id, "text": row.text, "read_as": row.read_as, "rev": row.rev, "start_at": to_utc(row.start_at),
        "expires_at": to_utc(row.expires_at), "repeats": row.repeats, "gap_ms": row.gap_ms, "volume": row.volume,
        "tone_sha256": row.tone_sha256, "tone_ms": row.tone_ms, "speech_sha256": row.speech_sha256,
        "speech_ms": row.speech_ms, "speech_at": to_utc_or_none(row.speech_at), "speech_problem": row.speech_problem,
        "created_at": to_utc(row.created_at), "created_by": row.created_by,
        "approved_by": row.approved_by, "cancelled_at": to_utc_or_none(row.cancelled_at),
        "cancel": at_speakers.cancel_of(row.cancelled_at, counts), "counts": counts,
    }  # fmt: skip
