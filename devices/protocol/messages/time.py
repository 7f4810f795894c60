"""The four-stamp time exchange. The request is not signed: a forged one wins a signed answer to a nonce."""

from typing import Annotated, Literal

from pydantic import Field

from devices.protocol.messages.frame import Frame, Signed
from devices.protocol.units import Instant, Nonce


class TimeRequest(Frame):
    """A question; whoever answers signs over its nonce."""

    type: Literal["time_request"] = "time_request"
    nonce: Nonce
    """Drawn anew for every question."""
    t1: Annotated[int, Field(ge=0, le=2**53 - 1)]
    """Speaker's monotonic clock when this left, us."""


class TimeAnswer(Signed):
    """The answer to one question of one speaker."""

    type: Literal["time_answer"] = "time_answer"
    nonce: Nonce
    """As in the question."""
    t1: Annotated[int, Field(ge=0, le=2**53 - 1)]
    """As in the question, us."""
    t2: Instant
    """Controller's clock when the request came in, us UTC."""
    t3: Instant
    """Controller's clock when this was signed, us UTC."""
