"""What can be known of one speaker around an instant. Values; instants us UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Word:
    """One step of a delivery."""

    at: int
    event: str
    reason: str | None = None
    receipt: int | None = None


@dataclass(frozen=True)
class Meant:
    """An order that was for the speaker."""

    order: str
    kind: Literal["programme", "broadcast", "alert"]
    title: str
    start_at: int
    expires_at: int
    sha256: str
    state: str
    nominal_at: int | None = None
    instead: tuple[str, ...] = ()
    told_at: int | None = None
    """When it last left for the speaker."""
    stopped_at: int | None = None
    withdrawn_at: int | None = None
    reason: str | None = None
    heard_ms: int = 0
    expected_ms: int = 0
    started_at: int | None = None
    words: tuple[Word, ...] = ()

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.heard_ms / self.expected_ms)) if self.expected_ms else 100


@dataclass(frozen=True)
class Foreseen:
    """What the planner says of one time of a programme at the speaker; without `reason` it sounds at `start_at`."""

    title: str
    nominal_at: int
    start_at: int | None = None
    reason: str | None = None
    by: str = ""
    turn_at: int | None = None
    """When its turn came, where neighbours took turns."""
    by_id: str = ""
    """Of the programme or single order that `by` is called after."""


@dataclass(frozen=True)
class Happened:
    """An incident of the speaker around that time."""

    kind: str
    opened_at: int
    closed_at: int | None = None


@dataclass(frozen=True)
class Evidence:
    """All that is known of one speaker around an instant."""

    at: int
    now: int
    retired_at: int | None = None
    last_seen: int | None = None
    online: bool = False
    online_changed_at: int | None = None
    meant: Sequence[Meant] = ()
    foreseen: Sequence[Foreseen] = ()
    nearest: Meant | None = None
    """Of other times, where nothing was meant for this one."""
    loudest: int = 100
    """%, by the rules of the air at that instant."""
    rules: tuple[str, ...] = ()
    told_seq: int = 0
    held_seq: int = 0
    held_at: int | None = None
    valid_to: int = 0
    missing: frozenset[str] = frozenset()
    incidents: Sequence[Happened] = ()
