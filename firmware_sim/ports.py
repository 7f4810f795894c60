"""The small ports through which a speaker reaches the world: its line, chance, and the world's clock."""

from collections.abc import Callable
from typing import Protocol

WorldClock = Callable[[int], int | None]
"""The speaker's monotonic instant (us) to the world's true UTC (us); None on hardware, where nobody knows."""


class SpeakerLink(Protocol):
    """The way out to the broker. May lose anything; never raises for a broken connection."""

    def publish(self, topic: str, payload: bytes, qos: int, retain: bool) -> None: ...

    def subscribe(self, topic: str, qos: int) -> None: ...

    def unsubscribe(self, topic: str) -> None: ...


class Chance(Protocol):
    """Where a speaker draws jitter, nonces and ids; `random.Random` and `SystemRandom` fit."""

    def random(self) -> float: ...

    def uniform(self, a: float, b: float) -> float: ...

    def getrandbits(self, k: int, /) -> int: ...
