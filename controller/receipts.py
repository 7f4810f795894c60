"""The speakers' signed words, booked in order and without a gap."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, bindparam
from sqlmodel import Session, SQLModel, col, select

from controller.alerts.models import AlertArea, AlertRow
from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery, ReceiptLedger
from controller.deliveries.states import DeliveryEventKind, DeliveryState
from controller.deliveries.tracking import advance, new_delivery, write_down
from devices.incidents import open_incident
from devices.models import Device, Membership
from devices.protocol.messages.frame import Frame
from devices.protocol.messages.speaker import Hello, Receipt

HEARD_SHARE = 0.95
"""Less than this of the sound is no "played"."""

_E = DeliveryEventKind
_DEVICES: BindParameter[list[str]] = bindparam("devices", expanding=True)
_OCCURRENCES: BindParameter[list[str]] = bindparam("occurrences", expanding=True)
_LEDGERS = select(ReceiptLedger).where(col(ReceiptLedger.device_id).in_(_DEVICES))
_NAMED = select(Delivery).where(col(Delivery.occurrence_id).in_(_OCCURRENCES), col(Delivery.device_id).in_(_DEVICES))


@dataclass(frozen=True)
class Booker:
    """Books receipts of verified speakers into the open transaction."""

    new_id: Callable[[], str]

    def foresee(self, session: Session, words: Iterable[tuple[Device, Frame]]) -> Sequence[SQLModel]:
        """Read what these words (a few hundred) will need, in two queries. Whoever holds the answer keeps the rows in
        the session: each word then finds its own without asking the database.
        """
        said = [(device.id, word) for device, word in words if isinstance(word, Hello | Receipt)]
        if not said:
            return ()
        ledgers = session.exec(_LEDGERS, params={"devices": sorted({device for device, _ in said})}).all()
        named = [(device, word.occurrence) for device, word in said if isinstance(word, Receipt)]
        if not named:
            return ledgers
        devices, occurrences = (sorted(set(names)) for names in zip(*named, strict=True))
        return [*ledgers, *session.exec(_NAMED, params={"devices": devices, "occurrences": occurrences})]

    def take(self, session: Session, device_id: str, receipt: Receipt, now: int) -> int:
        """Book a receipt if it is the next one of its ledger; the number up to which all are stored."""
        ledger = self._ledger(session, device_id, receipt.ledger, now)
        if receipt.n == ledger.through + 1:
            self._book(session, device_id, receipt, now)
            ledger.through = receipt.n
        return ledger.through

    @staticmethod
    def write_down(session: Session) -> None:
        """Keep what was booked in this transaction so far, line by line."""
        write_down(session, session.info.pop("lines", ()))

    def greet(self, session: Session, device_id: str, hello: Hello, now: int) -> int:
        """Hear where a speaker's receipts stand. What it may forget already is gone: that is said aloud."""
        ledger = self._ledger(session, device_id, hello.ledger, now)
        if hello.unacknowledged > ledger.through + 1:
            if ledger.through:
                lost = hello.unacknowledged - 1 - ledger.through
                open_incident(session, self.new_id, "receipts_lost", now, device_id=device_id, lost=lost)
            ledger.through = hello.unacknowledged - 1
        return ledger.through

    def _ledger(self, session: Session, device_id: str, ledger: str, now: int) -> ReceiptLedger:
        found = session.get(ReceiptLedger, (device_id, ledger))
        if found is not None:
            return found
        others = select(ReceiptLedger).where(ReceiptLedger.device_id == device_id)
        if session.exec(others).first() is not None:
            open_incident(session, self.new_id, "flash_reset", now, device_id=device_id)
        found = ReceiptLedger(device_id=device_id, ledger=ledger, first_seen=now)
        session.add(found)
        session.flush()
        return found

    def _book(self, session: Session, device_id: str, receipt: Receipt, now: int) -> None:
        delivery = session.get(Delivery, (receipt.occurrence, device_id)) or _late_joiner(session, device_id, receipt)
        if delivery is None:
            open_incident(session, self.new_id, "unknown_order", now, device_id=device_id, subject=receipt.order)
            return
        sounds = _ordered_sounds(session, delivery) if receipt.state == "played" else frozenset()
        event, reason = believed(receipt, delivery.expected_ms, sounds)
        line = advance(delivery, event, now, reason=reason, receipt=receipt.n)
        if line is not None:
            session.info.setdefault("lines", []).append(line)
            _note_sound(delivery, receipt)
            if event in {_E.REFUSED, _E.FAILED}:
                subject = delivery.order_id
                open_incident(
                    session, self.new_id, event.value, now, device_id=device_id, subject=subject, reason=reason
                )


def believed(receipt: Receipt, expected_ms: int, sounds: frozenset[str]) -> tuple[DeliveryEventKind, str | None]:
    """A speaker's "played" counts only with enough of the right sound behind it; all else as it was said."""
    reason = None if receipt.reason == "none" else receipt.reason
    if receipt.state != "played":
        return _E(receipt.state), reason
    if receipt.sha256 not in sounds:
        return _E.FAILED, "wrong_content"
    if receipt.heard < HEARD_SHARE * expected_ms:
        return _E.FAILED, "heard_too_little"
    return _E.PLAYED, reason


def _ordered_sounds(session: Session, delivery: Delivery) -> frozenset[str]:
    """Kept for the transaction: a village says the same of one order at once."""
    known: dict[str, frozenset[str]] = session.info.setdefault("ordered_sounds", {})
    if delivery.order_id not in known:
        known[delivery.order_id] = _read_sounds(session, delivery)
    return known[delivery.order_id]


def _read_sounds(session: Session, delivery: Delivery) -> frozenset[str]:
    if delivery.kind == "alert":
        alert = session.get_one(AlertRow, delivery.order_id)
        return frozenset(filter(None, (alert.tone_sha256, alert.speech_sha256)))
    return frozenset({session.get_one(Broadcast, delivery.order_id).sha256})


def _note_sound(delivery: Delivery, receipt: Receipt) -> None:
    delivery.heard_ms = max(delivery.heard_ms, receipt.heard)
    delivery.sha256 = receipt.sha256 or delivery.sha256
    delivery.started_at = receipt.started_at or delivery.started_at
    delivery.ended_at = receipt.ended_at or delivery.ended_at
    delivery.clock_error_us = receipt.clock_error
    delivery.restarts = receipt.restarts


def _late_joiner(session: Session, device_id: str, receipt: Receipt) -> Delivery | None:
    """A speaker that came into an alert's area after it was raised hears it too, and is counted."""
    alert = session.get(AlertRow, receipt.order)
    if alert is None or receipt.occurrence != alert.id or not _hears(session, device_id, alert.id):
        return None
    expected = (alert.tone_ms + alert.speech_ms) * alert.repeats
    delivery = new_delivery(alert.id, alert.id, "alert", alert.created_at, alert.expires_at, expected)
    delivery.device_id, delivery.state = device_id, DeliveryState.ORDERED.value
    session.add(delivery)
    session.flush()
    return delivery


def _hears(session: Session, device_id: str, alert_id: str) -> bool:
    rows = select(Membership).where(
        Membership.device_id == device_id, AlertArea.alert_id == alert_id, AlertArea.area_id == Membership.area_id
    )
    return session.exec(rows).first() is not None
