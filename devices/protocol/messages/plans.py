"""What one speaker is to say in the coming days without being told again, and the rules of the air that bind it."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from devices.protocol.messages.frame import Part, Signed
from devices.protocol.messages.orders import Rank
from devices.protocol.units import MILLI, YEAR_2100, Instant, Length, Millis, Percent, Sequence, Sha256, Uuid

Bytes = Annotated[int, Field(ge=0, le=2**53 - 1)]


class Piece(Part):
    """What airings of one programme have in common."""

    sha256: Sha256
    """The blob that sounds; its manifest is at `blob/{sha256}/m`."""
    size: Annotated[int, Field(ge=1, le=78_643_200)]
    """Length of the blob, bytes."""
    duration: Length
    """Length of its sound, ms."""
    max_late: Millis
    """How long after its start an airing may still begin, ms."""
    lives: Millis
    """How long after its start an airing expires, ms."""
    rank: Rank
    """As in `play`."""
    volume: Percent
    """As in `play`."""
    repeats: Annotated[int, Field(ge=1, le=20)]
    """As in `play`."""
    gap: Millis
    """As in `play`."""

    @model_validator(mode="after")
    def _can_be_started_before_it_expires(self) -> Self:
        if self.max_late > self.lives:
            raise ValueError("expires before its latest start")
        return self


class Airing(Part):
    """One time at which a piece sounds."""

    order: Uuid
    """Order and occurrence: an airing of a plan has one name for both."""
    piece: Annotated[int, Field(ge=0, le=127)]
    """Which of `pieces`, from 0."""
    start_at: Instant
    """As in `play`; not after `valid_to`."""
    instead: Annotated[tuple[Uuid, ...], Field(max_length=8)] = ()
    """Earlier versions of it: where one of them has begun to sound, this one does not."""


class Cap(Part):
    """From an instant on, how loud it may be."""

    at: Instant
    """From when, us UTC, until the next one."""
    percent: Percent
    """Loudest volume of anything below an alert; 0: silence."""


class Rules(Part):
    """Rules of the air at this speaker's place; alerts are not bound by them."""

    caps: Annotated[tuple[Cap, ...], Field(min_length=1, max_length=256)]
    """In order of `at`, the first at `valid_from` or before."""
    budget: Millis | None = None
    """Most sound of bulletins from one midnight to the next, ms; absent: no limit."""
    midnights: Annotated[tuple[Instant, ...], Field(max_length=16)] = ()
    """When days begin where the speaker stands, us UTC, in order; the first at `valid_from` or before."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for instants in ([cap.at for cap in self.caps], list(self.midnights)):
            if any(later <= earlier for earlier, later in pairwise(instants)):
                raise ValueError("not in order")
        if self.budget is not None and not self.midnights:
            raise ValueError("a budget without days")
        return self


class Plan(Signed):
    """Retained; replaces the whole plan where `seq` is higher than the last one accepted."""

    type: Literal["plan"] = "plan"
    seq: Sequence
    """Replay guard: only a higher one replaces what is held."""
    valid_from: Instant
    """From when its rules count, us UTC."""
    valid_to: Instant
    """From here on nothing but alerts sounds until a newer plan has come, us UTC; at most 8 days after `issued_at`."""
    pieces: Annotated[tuple[Piece, ...], Field(max_length=128)]
    """Each kind of airing once."""
    airings: Annotated[tuple[Airing, ...], Field(max_length=256)]
    """All that this speaker is to say by plan; what an older plan named and this one does not is cancelled."""
    rules: Rules
    """What binds every sound below an alert, orders too."""
    stage: Bytes
    """Of audio whose start is more than two hours away, so much may be fetched ahead, bytes."""
    gone: Annotated[tuple[Sha256, ...], Field(max_length=64)] = ()
    """Blobs that must not be in flash any more, in rising order; none that a piece names."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        begins = [cap.at for cap in self.rules.caps[:1]] + list(self.rules.midnights[:1])
        if self.valid_from >= self.valid_to or max(begins) > self.valid_from:
            raise ValueError("rules do not cover its time")
        if any(airing.piece >= len(self.pieces) or airing.start_at > self.valid_to for airing in self.airings):
            raise ValueError("an airing of no piece, or after the plan")
        if any(airing.start_at + self.pieces[airing.piece].lives * MILLI > YEAR_2100 for airing in self.airings):
            raise ValueError("an airing that outlives all instants")
        if len({airing.order for airing in self.airings}) < len(self.airings):
            raise ValueError("an airing stands twice")
        return self

    @model_validator(mode="after")
    def _needs_nothing_that_is_gone(self) -> Self:
        if list(self.gone) != sorted(set(self.gone)):
            raise ValueError("not in order")
        if not {piece.sha256 for piece in self.pieces}.isdisjoint(self.gone):
            raise ValueError("a piece is gone")
        return self
