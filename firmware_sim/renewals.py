"""Speakers look after their certificates: a new one in good time, and when the broker turns them away."""

from collections.abc import Callable, Sequence
from pathlib import Path

from devices.protocol.units import MINUTE
from firmware_sim.certificate import renewal_due
from firmware_sim.counter import Counter
from firmware_sim.errors import NotLetIn
from firmware_sim.identity import Identity

PAUSE = MINUTE
"""Between two requests of one speaker, us."""


class Renewals:
    """For the speakers of a fleet, by their places in it; `unwelcome` says whom the broker turns away."""

    def __init__(
        self, counter: Counter, identities: Sequence[Identity], home: Path, unwelcome: Callable[[int], bool]
    ) -> None:
        self._counter = counter
        self._speakers = {place: (one, home / one.device) for place, one in enumerate(identities)}
        self._unwelcome = unwelcome
        self._due = {place: renewal_due(folder) for place, (_, folder) in self._speakers.items()}
        self._asked: dict[int, int] = {}

    def do_once(self, now: int) -> int:
        """Ask for those whose time has come at `now` (us UTC); how many have new papers."""
        wanting = [place for place, due in self._due.items() if now >= due or self._unwelcome(place)]
        return sum(self._renew(place, now) for place in wanting if now >= self._asked.get(place, now - PAUSE) + PAUSE)

    def _renew(self, place: int, now: int) -> bool:
        self._asked[place] = now
        identity, folder = self._speakers[place]
        try:
            self._counter.renew(identity, folder, now)
        except NotLetIn:
            return False
        self._due[place] = renewal_due(folder)
        return True
