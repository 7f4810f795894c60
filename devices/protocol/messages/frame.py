"""What every message has in common."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from devices.protocol.units import Instant, Uuid


class Part(BaseModel):
    """A frozen piece of a message; unknown fields are ignored, so that a later version may add some."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", use_attribute_docstrings=True)


class Frame(Part):
    """A message, told apart by its `type`."""

    type: str
    """Kind of message: the name in the table of messages."""


class Signed(Frame):
    """The claims that bind a signed message to one place: valid there and nowhere else."""

    tenant: Uuid
    """Owner of keys and broker."""
    to: str
    """Target: `tenant`, `controller`, `area/{uuid}`, `dev/{uuid}` or `blob/{sha256}`."""
    mode: Literal["live", "drill"] = "live"
    """`drill` is reserved: today a drill message is valid nowhere."""
    issued_at: Instant
    """When it was signed, by the sender's clock, us UTC; 0 from a speaker that has no valid time."""
