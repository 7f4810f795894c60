"""A programme as it is asked for: what, where, when, how loud and how late. Frozen values, checked at the door."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from devices.protocol.messages.orders import Rank
from devices.protocol.units import UUID_PATTERN
from scheduler.recurrence.recurrence import Recurrence

Id = Annotated[str, StringConstraints(pattern=UUID_PATTERN)]
Ids = Annotated[tuple[Id, ...], Field(max_length=5_000)]
Category = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]

MOST_DAYS = 7
"""How far ahead speakers keep a plan, days: what sounds must be over within half a day after its start."""
LONGEST_MS = 12 * 3_600_000 - 5_000
"""Lateness and sound of one airing together, ms."""


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OneBulletin(Value):
    """Always the same bulletin, in the language of each place where it has a version in it."""

    kind: Literal["bulletin"] = "bulletin"
    bulletin: Id


class Newest(Value):
    """The newest bulletin of a category that may air when the plan is made; older ones are never heard after it."""

    kind: Literal["newest"] = "newest"
    category: Category


Content = Annotated[OneBulletin | Newest, Field(discriminator="kind")]


class Targets(Value):
    """Where it sounds: areas with all that lies within them, groups, single speakers."""

    areas: Ids = ()
    groups: Ids = ()
    devices: Ids = ()

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if not (self.areas or self.groups or self.devices):
            raise ValueError("no target")
        return self


class Programme(Value):
    """All that an office says of a programme; `owner` is the area whose programme it is."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
    owner: Id
    content: Content
    targets: Targets
    recurrence: Recurrence
    rank: Rank = "normal"
    volume: Annotated[int, Field(ge=0, le=100)] = 100
    """% of the speaker's own maximum."""
    gain_db: Annotated[float, Field(ge=0, le=14)] = 0
    """Louder than `volume` by so much, up to the speaker's maximum, dB."""
    repeats: Annotated[int, Field(ge=1, le=20)] = 1
    gap_ms: Annotated[int, Field(ge=0, le=3_600_000)] = 2_000
    """Silence between repeats."""
    max_late_ms: Annotated[int, Field(ge=0, le=39_600_000)] = 600_000
    """How much later than planned it may begin: after a clash, a power cut or a lost network."""
    turns: bool = False
    """Horns of turn B (the echo plan's) sound it after all of turn A, so that neighbours never sound together."""
    paused: bool = False


def loudness(volume: int, gain_db: float) -> int:
    """% of the speaker's maximum that is `gain_db` louder than `volume`; the factor on samples is (v / 100)^2."""
    return min(100, round(volume * 10 ** (gain_db / 40)))
