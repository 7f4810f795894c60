"""Tables of deliveries. The delivery row is the outbox; instants are us UTC."""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class Delivery(SQLModel, table=True):
    """One occurrence at one speaker: the outbox, and in the end the proof."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_open", "state", "deadline_at"),)
    occurrence_id: str = Field(primary_key=True)
    device_id: str = Field(primary_key=True, foreign_key="device.id", index=True)
    order_id: str = Field(index=True)
    kind: str
    """`broadcast` or `alert`."""
    state: str
    changed_at: int = Field(sa_type=BigInteger)
    deadline_at: int = Field(sa_type=BigInteger)
    """Without a signed end by then it is unreachable."""
    published_at: int | None = Field(default=None, sa_type=BigInteger)
    attempts: int = 0
    reason: str | None = None
    heard_ms: int = 0
    expected_ms: int = 0
    sha256: str | None = None
    started_at: int | None = Field(default=None, sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    clock_error_us: int | None = None
    restarts: int = 0
    withdrawn_at: int | None = Field(default=None, sa_type=BigInteger)
    """The speaker is no target any more: its plan does not name it."""


class DeliveryEvent(SQLModel, table=True):
    """Every step of a delivery, append-only: what one speaker did with one order, in order."""

    __tablename__ = "delivery_event"
    id: int | None = Field(default=None, primary_key=True)
    occurrence_id: str = Field(index=True)
    device_id: str = Field(index=True)
    at: int = Field(sa_type=BigInteger)
    event: str
    state: str
    reason: str | None = None
    receipt: int | None = Field(default=None, sa_type=BigInteger)


class ReceiptLedger(SQLModel, table=True):
    """How far the numbered receipts of one speaker's ledger have been stored."""

    __tablename__ = "receipt_ledger"
    device_id: str = Field(primary_key=True, foreign_key="device.id")
    ledger: str = Field(primary_key=True)
    through: int = Field(default=0, sa_type=BigInteger)
    first_seen: int = Field(sa_type=BigInteger)
