"""Who has guessed too often waits. Only refused attempts count, so nobody who does well is ever held up. Pure."""

from collections import OrderedDict

from controller.errors.enrolment import TooManyAttempts
from devices.protocol.units import MINUTE, SECOND

MOST, WITHIN = 10, 15 * MINUTE
"""Refused attempts of one kind from one address, and the time in which they count, us."""
ADDRESSES = 10_000
"""Addresses that are remembered; the one that was quiet longest goes first."""


class Throttle:
    """Kept in memory: a restart forgives. Called from many threads; each step is one operation on the table."""

    def __init__(self, most: int = MOST, within: int = WITHIN, addresses: int = ADDRESSES) -> None:
        self._most = most
        self._within = within
        self._addresses = addresses
        self._refused: OrderedDict[str, tuple[int, ...]] = OrderedDict()

    def check(self, address: str, now: int) -> None:
        """TooManyAttempts, with the time to wait, where this address has guessed too often."""
        recent = self._recent(address, now)
        if len(recent) >= self._most:
            wait = recent[-self._most] + self._within - now
            raise TooManyAttempts(retry_after_s=max(1, -(-wait // SECOND)))

    def refused(self, address: str, now: int) -> None:
        """One more attempt of this address was refused."""
        self._refused[address] = (*self._recent(address, now), now)[-self._most :]
        self._refused.move_to_end(address)
        while len(self._refused) > self._addresses:
            self._refused.popitem(last=False)

    def remembers(self, address: str, now: int) -> bool:
        """Something of this address was refused of late."""
        return bool(self._recent(address, now))

    def _recent(self, address: str, now: int) -> tuple[int, ...]:
        return tuple(at for at in self._refused.get(address, ()) if at > now - self._within)
