"""Orders to an area or a speaker: play a bulletin, or stop it."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from devices.protocol.messages.frame import Signed
from devices.protocol.units import MILLI, Bitmap, Instant, Length, Millis, Percent, Sha256, Uuid

Rank = Literal["normal", "priority"]


class Play(Signed):
    """Play a blob at a common instant. Fetch it as soon as this is known: the order is the prefetch."""

    type: Literal["play"] = "play"
    order: Uuid
    """The broadcast."""
    occurrence: Uuid
    """This airing of it; `order` and `occurrence` together are the key under which it sounds once."""
    sha256: Sha256
    """The blob that sounds; its manifest is at `blob/{sha256}/m`."""
    duration: Length
    """Length of the blob, ms."""
    start_at: Instant
    """When the first sample sounds, us UTC, before the speaker's own trim."""
    max_late: Millis
    """How long after `start_at` a start is still allowed, ms."""
    expires_at: Instant
    """No sample sounds after this, us UTC; at most 8 days after `issued_at`."""
    rank: Rank
    """Priority goes before normal; alerts go before both."""
    volume: Percent
    """Loudness of this bulletin, 0-100 % of the speaker's own maximum."""
    repeats: Annotated[int, Field(ge=1, le=20)]
    """How often it sounds."""
    gap: Millis
    """Silence between repeats, ms."""
    only: Bitmap | None = None
    """The speaker numbers in this area that it is for; absent: every speaker that hears it."""

    @model_validator(mode="after")
    def _can_be_started_before_it_expires(self) -> Self:
        if self.start_at + self.max_late * MILLI > self.expires_at:
            raise ValueError("expires before its latest start")
        return self


class Stop(Signed):
    """Cancel an order, also one not yet heard of; outlives it until `expires_at`."""

    type: Literal["stop"] = "stop"
    order: Uuid
    """The broadcast."""
    occurrence: Uuid
    """The airing that is cancelled."""
    expires_at: Instant
    """Until when the speaker remembers it, us UTC: the order's own expiry."""
    only: Bitmap | None = None
    """As in the order; absent: every speaker that hears it."""


Order = Play | Stop
