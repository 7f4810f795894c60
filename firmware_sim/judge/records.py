"""The three records that are judged: what the API accepted, what speakers wrote, what the view shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

Part = Literal["body", "tone", "speech"]
"""What sounds: the body of a bulletin, the tone or the speech of an alert."""
End = Literal["played", "failed", "refused", "expired", "cancelled", "unreachable"]
ViewState = Literal["queued", "ordered", "have", "playing"] | End
Why = Literal["finished", "cancelled", "preempted", "expired", "quiet_hours", "power_cut", "replaced", "revoked"]
Key = tuple[str, str]
"""An order and its occurrence."""
ViewKey = tuple[str, str, str]
"""An order, its occurrence and a speaker."""


class BadRecord(Exception):
    """A record that cannot be read: a judge that missed something must not say `clean`."""

    code: ClassVar[str] = "bad_record"

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(self.code, where, reason)
        self.where, self.reason = where, reason


@dataclass(frozen=True)
class Accepted:
    """One order that the API answered with 2xx; a later one of the same key is its next revision."""

    order: str
    occurrence: str
    """For an alert: the alert again."""
    kind: Literal["broadcast", "alert"]
    accepted_at: int
    """us UTC, as every instant here."""
    targets: frozenset[str]
    """Ids of the speakers that it is for."""
    start_at: int
    max_late: int
    """How long after `start_at` a first start is still allowed, us."""
    expires_at: int
    parts: Mapping[Part, tuple[str, int]]
    """What may sound: SHA-256 and duration in ms, by part."""
    repeats: int = 1
    cancelled_at: int | None = None
    """When the cancel was answered with 2xx."""
    cancel_reachable: frozenset[str] | None = None
    """Speakers whose delivery of the cancel no fault delayed; None: all."""

    @property
    def key(self) -> Key:
        return self.order, self.occurrence


@dataclass(frozen=True)
class Viewed:
    """What the controller shows of one order at one speaker."""

    state: ViewState
    heard_ms: int = 0


@dataclass(frozen=True)
class Faults:
    """What the scenario did, as far as the judge must allow for it."""

    clock_error: int = 250_000
    """How far a ledger's instants may honestly be off, us."""
    told_error: int = 0
    """Up to so much of what a speaker said of its own clock's error counts as well, us: where links hold up all
    questions of a burst on one side, nobody can know the time better."""
    cuts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """When each speaker's power was cut. Without it, sound counts as going on until the next boot."""


class Line(BaseModel):
    """One line of a ledger."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    mono: int
    wall: int | None = None
    """The speaker's own idea of UTC, us; None without valid time."""
    true: int | None = None
    """The world's, where a simulation knows it."""

    @property
    def known_at(self) -> int | None:
        """us UTC, or None where nobody knew."""
        return self.wall if self.true is None else self.true


class Boot(Line):
    kind: Literal["boot"]


class About(Line):
    """A line about one sound."""

    order: str
    occurrence: str
    part: Part
    repeat: int

    @model_validator(mode="after")
    def _has_an_instant(self) -> Self:
        if self.known_at is None:
            raise ValueError("sounded without valid time")
        return self

    @property
    def at(self) -> int:
        """us UTC."""
        return self.known_at or 0

    @property
    def sound(self) -> tuple[str, str, str, int]:
        return self.order, self.occurrence, self.part, self.repeat


class Started(About):
    """Written before the amplifier opens."""

    kind: Literal["started"]
    sha256: str
    from_ms: int = 0
    """Where in the part it began."""
    resumed: bool = False
    error: int = 0
    """How far its clock might be off, as it said, us."""
    restart: bool = False
    """Declared: this repeat is begun a second time, because power was cut."""


class Ended(About):
    """Written after the last sample."""

    kind: Literal["ended"]
    heard_ms: int
    """Sound since the `started` line before it."""
    why: Why


class CancelSeen(Line):
    """The speaker verified a cancel."""

    kind: Literal["cancel"]
    order: str
    occurrence: str


LedgerLine = Boot | Started | Ended | CancelSeen
_LINE: TypeAdapter[LedgerLine] = TypeAdapter(Annotated[LedgerLine, Field(discriminator="kind")])
_JUDGED = {"boot", "started", "ended", "cancel"}


def ledger_lines(device: str, entries: Iterable[Mapping[str, object]]) -> list[LedgerLine]:
    """The lines that matter here, in order; BadRecord for one that cannot be read."""
    try:
        return [_LINE.validate_python(dict(entry)) for entry in entries if entry.get("kind") in _JUDGED]
    except ValidationError as error:
        raise BadRecord(f"ledger of {device}", str(error)) from error
