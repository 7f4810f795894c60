"""Emergencies: an API call that sounds in about a second, by no human hand."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field, StringConstraints, model_validator
from sqlmodel import Session, select

from api.deliveries import DeliveryShown, EventShown, counts_of, deliveries_of, trace_of
from api.deps import Key, Served, act_of, permit
from api.paging import newest
from api.shapes import Asked, Id, Instant, Page, Shown, Text
from api.timestamps import to_micros, to_utc, to_utc_or_none
from controller.alerts.models import AlertArea, AlertRow
from controller.alerts.raising import AlertRequest, cancel_alert, get_alert, raise_alert
from controller.library.bulletins import check_text
from controller.library.glossary import read_glossary
from controller.people.permissions import Action

router = APIRouter(prefix="/alerts", tags=["alerts"])

AlertText = Annotated[Text, StringConstraints(min_length=1, max_length=4_000)]


class AlertWish(Asked):
    text: AlertText
    areas: Annotated[list[Id], Field(min_length=1, max_length=500)]
    expires_at: Instant | None = None
    expires_in_s: Annotated[int | None, Field(ge=10, le=604_800)] = None
    repeats: Annotated[int, Field(ge=1, le=20)] = 2
    gap_ms: Annotated[int, Field(ge=0, le=600_000)] = 3_000
    volume: Annotated[int, Field(ge=0, le=100)] = 100

    @model_validator(mode="after")
    def _one_expiry(self) -> "AlertWish":
        if (self.expires_at is None) == (self.expires_in_s is None):
            raise ValueError("give either expires_at or expires_in_s")
        return self


class AlertSummary(Shown):
    id: Id
    text: str
    read_as: str
    rev: int
    start_at: Instant
    """When the first tone sounds."""
    expires_at: Instant
    repeats: int
    gap_ms: int
    volume: int
    tone_sha256: str
    tone_ms: int
    speech_sha256: str | None
    speech_ms: int
    speech_at: Instant | None
    speech_problem: str | None
    created_at: Instant
    created_by: str
    cancelled_at: Instant | None
    counts: dict[str, int]


class AlertShown(AlertSummary):
    areas: list[Id]
    targets: list[Id]
    deliveries: list[DeliveryShown]
    trace: list[EventShown] | None = None


@router.post("", status_code=201)
def create(
    wish: AlertWish, request: Request, services: Served, who: Annotated[str, Depends(permit(Action.ALERT_CREATE))],
    key: Key = None,
) -> AlertShown:  # fmt: skip
    """Sound the alert tone now; the text follows as soon as it has been spoken."""
    act = act_of(services, request, who, key, wish.model_dump_json())
    with services.database.read() as session:
        glossary = read_glossary(session)
    read_as = services.studio.read_as(wish.text, glossary)
    check_text(wish.text, read_as)
    expires_at = to_micros(wish.expires_at) if wish.expires_at else act.now + (wish.expires_in_s or 0) * 1_000_000
    asked = AlertRequest(wish.text, read_as, tuple(wish.areas), expires_at, wish.repeats, wish.gap_ms, wish.volume)
    with services.database.write() as session:
        made = raise_alert(session, asked, act, services.new_id, services.settings.air.alert_lead_ms)
    services.ring()
    services.ring_voice()
    return _show(services, made)


@router.get("", dependencies=[Depends(permit(Action.SEE))])
def index(
    services: Served, after: Id | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Page[AlertSummary]:
    """The newest first."""
    with services.database.read() as session:
        rows, following = newest(session, AlertRow, get_alert(session, after) if after else None, limit)
        shown = [_summary(row, counts_of(deliveries_of(session, row.id, False))) for row in rows]
    return Page(items=shown, next=following)


@router.get("/{alert}", dependencies=[Depends(permit(Action.SEE))])
def one(alert: Id, services: Served, trace: Id | None = None) -> AlertShown:
    """Where it stands at every speaker."""
    return _show(services, alert, trace)


@router.post("/{alert}/cancel")
def cancel(
    alert: Id, request: Request, services: Served, who: Annotated[str, Depends(permit(Action.ALERT_CANCEL))],
    key: Key = None,
) -> AlertShown:  # fmt: skip
    """Take it back everywhere. Until a speaker has signed, its `cancel_confirmed` is false."""
    act = act_of(services, request, who, key)
    with services.database.write() as session:
        cancel_alert(session, alert, act)
    services.ring()
    return _show(services, alert)


def _show(services: Served, alert: str, trace: str | None = None) -> AlertShown:
    with services.database.read() as session:
        row = get_alert(session, alert)
        deliveries = deliveries_of(session, row.id, row.cancelled_at is not None)
        return AlertShown(
            **_summary(row, counts_of(deliveries)).model_dump(), areas=_areas(session, row.id),
            targets=[delivery.device for delivery in deliveries], deliveries=deliveries,
            trace=trace_of(session, row.id, trace) if trace else None,
        )  # fmt: skip


def _areas(session: Session, alert: str) -> list[str]:
    return sorted(session.exec(select(AlertArea.area_id).where(AlertArea.alert_id == alert)).all())


def _summary(row: AlertRow, counts: dict[str, int]) -> AlertSummary:
    return AlertSummary(
        id=row.id, text=row.text, read_as=row.read_as, rev=row.rev, start_at=to_utc(row.start_at),
        expires_at=to_utc(row.expires_at), repeats=row.repeats, gap_ms=row.gap_ms, volume=row.volume,
        tone_sha256=row.tone_sha256, tone_ms=row.tone_ms, speech_sha256=row.speech_sha256, speech_ms=row.speech_ms,
        speech_at=to_utc_or_none(row.speech_at), speech_problem=row.speech_problem,
        created_at=to_utc(row.created_at), created_by=row.created_by, cancelled_at=to_utc_or_none(row.cancelled_at),
        counts=counts,
    )  # fmt: skip
