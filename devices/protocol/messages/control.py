"""What the controller tells one speaker about itself."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from devices.protocol.messages.frame import Part, Signed
from devices.protocol.units import MAX_NUMBER, Instant, Percent, Sequence, Sha256, Uuid, Word


class Place(Part):
    """One area that the speaker hears, and its number there."""

    area: Uuid
    """Its orders and alerts are for this speaker."""
    number: Annotated[int, Field(ge=0, le=MAX_NUMBER)]
    """Given once in this area, never given again; `only` refers to it."""
    since: Instant | None = None
    """When it came there, by a move: what was said to the whole area before, without `only`, is not for it."""


def _each_area_once(places: tuple[Place, ...]) -> tuple[Place, ...]:
    if len({place.area for place in places}) < len(places):
        raise ValueError("two numbers in one area")
    return places


class Config(Signed):
    """Retained; replaces the whole configuration where `seq` is higher than the last one accepted."""

    type: Literal["config"] = "config"
    seq: Sequence
    """Replay guard: only a higher one replaces what is held."""
    places: Annotated[tuple[Place, ...], Field(max_length=16), AfterValidator(_each_area_once)]
    """All areas that it hears from now on; no area twice."""
    heartbeat: Annotated[int, Field(ge=5, le=86_400)]
    """Seconds between two health messages."""
    volume: Percent
    """Upper limit of the loudness of every order below an alert, %."""
    trim: Annotated[int, Field(ge=-500_000, le=500_000)]
    """Delay added to every start, us, so that neighbouring horns do not echo."""
    clips: Annotated[dict[Word, Sha256], Field(max_length=32)]
    """Clips to hold for ever, by name; `tone` is the alert tone."""


class Ack(Signed):
    """Receipts up to and including `through` are stored: the speaker may forget them."""

    type: Literal["ack"] = "ack"
    ledger: Uuid
    """The ledger that is meant; an acknowledgement of another one says nothing."""
    through: Sequence
    """Number of the last receipt that is stored with all before it; 0: none."""
