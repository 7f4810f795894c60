"""Guesses at the counter where speakers join and renew: codes and renewals apart, so that neither holds up the other.

Of codes an address has so many different wrong ones; the same wrong one again, from a speaker that does not know
better, is no further guess, and holds up itself alone. Of renewals each speaker that an address names has its own
count: a signature cannot be guessed, and whoever forges one holds up that speaker there, nobody else.
"""

from controller.enrolment.codes import digest_of
from controller.enrolment.throttle import Throttle

LONGEST_NAME = 64


class Guesses:
    """Kept in memory, like the throttles that it is made of."""

    def __init__(self) -> None:
        self._codes, self._addresses, self._renewals = Throttle(), Throttle(), Throttle()

    def check_code(self, address: str, typed: str, now: int) -> None:
        """TooManyAttempts; ClaimCodeMistyped, which is told before anything is looked up and so is no guess."""
        self._codes.check(_both(address, digest_of(typed)), now)
        self._addresses.check(address, now)

    def code_refused(self, address: str, typed: str, now: int) -> None:
        tried = _both(address, digest_of(typed))
        if not self._codes.remembers(tried, now):
            self._addresses.refused(address, now)
        self._codes.refused(tried, now)

    def check_renewal(self, address: str, device: str, now: int) -> None:
        """TooManyAttempts."""
        self._renewals.check(_both(address, device), now)

    def renewal_refused(self, address: str, device: str, now: int) -> None:
        """It was not signed by the speaker that it names, or not for here."""
        self._renewals.refused(_both(address, device), now)


def _both(address: str, what: str) -> str:
    return f"{address} {what[:LONGEST_NAME]}"
