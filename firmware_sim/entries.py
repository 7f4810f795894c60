"""What the speaker remembers of one order or alert: frozen values that go to flash as JSON.

Positions and sums are us; instants are us UTC.
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from devices.protocol.messages.alerts import Alert
from devices.protocol.messages.frame import Part
from devices.protocol.messages.orders import Play
from devices.protocol.messages.speaker import ReceiptState

Key = tuple[str, str]
"""Order and occurrence; for an alert its id twice."""
PartName = Literal["body", "tone", "speech"]
Why = Literal["finished", "cancelled", "preempted", "expired", "quiet_hours", "power_cut", "replaced", "revoked"]
"""Why a stretch of sound ended."""


class Sounding(Part):
    """One stretch handed to the amplifier and not closed in the ledger yet."""

    part: PartName
    repeat: int
    sha256: str
    from_ms: int
    position: int
    """Where on the order's own timeline it began, us."""
    length: int
    """How long it would be if nothing interrupts it, us."""
    mono: int
    wall: int
    true: int | None
    begun: bool = False
    """Whether its first sample has sounded."""
    heard: int = 0
    """How much of it has surely sounded, as noted from time to time, us."""
    resumed: bool = False
    restart: bool = False


class Entry(Part):
    """What orders, alerts and bare cancels have in common."""

    order: str
    occurrence: str
    expires_at: int
    end: ReceiptState | None = None
    have: bool = False
    """Whether the receipt `have` was written; `playing` likewise."""
    playing: bool = False
    sounding: tuple[Sounding, ...] = ()
    first: int | None = None
    """First sample that sounded."""
    last: int | None = None
    """Last sample that sounded."""
    since: int = 0
    """Receipts before this number tell of an earlier life of it."""
    flaw: str = "none"
    """The first reason why not all of it was heard."""
    by: str = ""
    """Id of the key that said it."""
    doubted: bool = False
    """That key is trusted no more: it stays silent until one that is says the same."""

    @property
    def key(self) -> Key:
        return self.order, self.occurrence

    @property
    def started(self) -> bool:
        """Something of it has sounded, or is about to."""
        return self.first is not None or bool(self.sounding)


class Planned(Part):
    """What an airing of a plan has beyond an order."""

    size: int
    """Length of its blob, bytes."""
    instead: tuple[str, ...] = ()
    """Earlier versions of it: none of them and this one both sound."""


class PlayEntry(Entry):
    kind: Literal["play"] = "play"
    play: Play
    origin: int | None = None
    """When its first repeat began by the clock; None before the start."""
    mark: int = 0
    """Up to where on its timeline it has sounded, us from the origin: nothing before it sounds again."""
    heard: int = 0
    aired: tuple[tuple[int, int], ...] = ()
    """When each of its stretches began, us UTC, and how much of it was heard."""
    planned: Planned | None = None
    """None for an order that no plan names."""


class Done(Part):
    """A part of an alert that has sounded, whole or not."""

    cycle: int
    part: PartName
    sha256: str
    heard: int
    length: int


class AlertEntry(Entry):
    kind: Literal["alert"] = "alert"
    alert: Alert
    done: tuple[Done, ...] = ()
    redo: Sounding | None = None
    """What a power cut interrupted and is to be repeated once."""
    restarts: int = 0


class CancelEntry(Entry):
    """A cancel that came before its order."""

    kind: Literal["cancel"] = "cancel"


AnyEntry = PlayEntry | AlertEntry | CancelEntry
ENTRY: TypeAdapter[AnyEntry] = TypeAdapter(Annotated[AnyEntry, Field(discriminator="kind")])
