"""The port through which the controller speaks and hears; adapters are in devices/mqtt and the tests."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Inbound:
    """One message as it came from the broker; `received_at` is us UTC, stamped in the socket callback."""

    topic: str
    payload: bytes
    retained: bool
    received_at: int


class Link(Protocol):
    """A connection to a broker that comes and goes."""

    @property
    def up(self) -> bool:
        """Whether it is connected and subscribed."""

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> bool:
        """Hand a message to the broker. False: not connected, and nothing is kept for later."""
