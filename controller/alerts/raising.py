"""An emergency text becomes an alert at once; its speech follows as a later revision."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from controller.alerts.models import AlertArea, AlertRow
from controller.deliveries.tracking import new_delivery, open_deliveries, queue, tell_again
from controller.errors.air import AlertUnknown, ExpiryInvalid, NoTargets
from controller.library.carriage import need_until
from controller.library.models import Blob
from controller.people.answered import already_made, remember
from controller.people.audit import Act, record
from controller.people.permissions import Action
from devices.areas import meeting, topmost
from devices.incidents import open_incident
from devices.models import Stay
from devices.protocol.units import DAY, MILLI, SECOND
from devices.registry import members, parents, standing, unsettled

TONE = "tone"
"""Name of the clip that every speaker holds."""
SHORTEST = 10 * SECOND
LONGEST = 7 * DAY


@dataclass(frozen=True)
class AlertRequest:
    """An emergency text (`read_as`: as it will be spoken), where it sounds, and until when (us UTC)."""

    text: str
    read_as: str
    areas: tuple[str, ...]
    expires_at: int
    repeats: int = 2
    gap_ms: int = 3_000
    volume: int = 100


def raise_alert(session: Session, request: AlertRequest, act: Act, new_id: Callable[[], str], lead_ms: int) -> str:
    """Order the alert and give its id; the same request again gives the same one.

    Raises AreaUnknown, AreaEnded, NoTargets, ExpiryInvalid (under 10 s or over 7 days from now).
    """
    if made := already_made(session, act):
        return made
    if not act.now + SHORTEST <= request.expires_at <= act.now + LONGEST:
        raise ExpiryInvalid(shortest_s=SHORTEST // SECOND, longest_s=LONGEST // SECOND)
    areas = topmost(request.areas, standing(session, *request.areas))
    targets = members(session, areas)
    if not targets:
        raise NoTargets()
    alert = _row(session, request, act, new_id(), lead_ms)
    session.add_all(AlertArea(alert_id=alert.id, area_id=area) for area in areas)
    if _any_on_the_move(session, areas, act.now):
        alert.moved_at = act.now
    expected = alert.tone_ms * alert.repeats
    queue(session, new_delivery(alert.id, alert.id, "alert", act.now, alert.expires_at, expected), targets)
    remember(session, act, alert.id)
    home = meeting(areas, parents(session))
    record(session, act, Action.ALERT_CREATE, alert.id, f"→ {len(targets)}", area=home)
    return alert.id


def cancel_alert(session: Session, alert_id: str, act: Act) -> AlertRow:
    """Take an alert back everywhere; each speaker signs for itself. Twice changes nothing."""
    alert = get_alert(session, alert_id)
    if alert.cancelled_at is None:
        alert.action, alert.cancelled_at = "cancel", act.now
        _revise(session, alert, act.now)
        areas = session.exec(select(AlertArea.area_id).where(AlertArea.alert_id == alert_id)).all()
        record(session, act, Action.ALERT_CANCEL, alert_id, area=meeting(areas, parents(session)))
    return alert


def add_speech(session: Session, alert_id: str, blob: Blob, now: int, lead_us: int) -> None:
    """The speech has been made: a new revision names it and when it starts (us after now)."""
    alert = get_alert(session, alert_id)
    if alert.cancelled_at is not None:
        return
    need_until(session, blob.sha256, alert.expires_at)
    alert.speech_sha256, alert.speech_ms = blob.sha256, blob.duration_ms
    alert.speech_at = max(now + lead_us, alert.start_at + alert.tone_ms * MILLI)
    _revise(session, alert, now)
    for delivery in session.exec(open_deliveries(alert.id)):
        delivery.expected_ms = (alert.tone_ms + alert.speech_ms) * alert.repeats


def give_up_speech(session: Session, alert_id: str, problem: str, now: int, new_id: Callable[[], str]) -> None:
    """No speech can be made: the tone is all, and somebody must know."""
    alert = get_alert(session, alert_id)
    alert.silent_speech, alert.speech_problem = True, problem
    open_incident(session, new_id, "alert_speech_failed", now, subject=alert_id, problem=problem)
    if alert.cancelled_at is None:
        _revise(session, alert, now)


def speechless(session: Session, now: int) -> AlertRow | None:
    """The oldest alert in force whose speech has still to be made."""
    rows = select(AlertRow).where(
        AlertRow.action == "sound", col(AlertRow.speech_sha256).is_(None), col(AlertRow.silent_speech).is_(False),
        AlertRow.expires_at > now,
    )  # fmt: skip
    return session.exec(rows.order_by(col(AlertRow.created_at), col(AlertRow.id))).first()


def get_alert(session: Session, alert_id: str) -> AlertRow:
    alert = session.get(AlertRow, alert_id)
    if alert is None:
        raise AlertUnknown(alert=alert_id)
    return alert


def _any_on_the_move(session: Session, areas: Iterable[str], now: int) -> bool:
    """Whether somebody came to one of these areas, or left it, and does not know; or came later than now, by a clock
    that was set back since."""
    there = col(Stay.area_id).in_(areas)
    later = select(Stay.id).where(there, col(Stay.until).is_(None), col(Stay.since_seq) >= 0, col(Stay.since) > now)
    return any(session.exec(rows.limit(1)).first() is not None for rows in (unsettled().where(there), later))


def _row(session: Session, request: AlertRequest, act: Act, alert_id: str, lead_ms: int) -> AlertRow:
    tone = session.exec(select(Blob).where(Blob.clip == TONE)).one()
    alert = AlertRow(
        id=alert_id, text=request.text, read_as=request.read_as, created_at=act.now, created_by=act.who,
        revised_at=act.now, start_at=act.now + lead_ms * MILLI, expires_at=request.expires_at,
        repeats=request.repeats, gap_ms=request.gap_ms, volume=request.volume, tone_sha256=tone.sha256,
        tone_ms=tone.duration_ms, created_by_id=act.who_id, approved_by=act.approved_by,
    )  # fmt: skip
    session.add(alert)
    session.flush()
    return alert


def _revise(session: Session, alert: AlertRow, now: int) -> None:
    alert.rev += 1
    alert.revised_at = max(now, alert.revised_at + 1)
    tell_again(session, alert.id)
