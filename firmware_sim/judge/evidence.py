"""The three records made ready to be compared, and what a comparison finds."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from firmware_sim.judge.ordered import Ordered
from firmware_sim.judge.records import Faults, Key, Part, Viewed, ViewKey
from firmware_sim.judge.soundings import Sounding

Spot = tuple[str, Key, Part, int, str]
"""A speaker, an order, one of its parts, a repeat, and the SHA-256 that sounded."""


@dataclass(frozen=True)
class Finding:
    """One broken promise; `at` is us UTC."""

    device: str
    order: str
    occurrence: str
    why: str
    at: int | None = None
    part: str | None = None
    repeat: int | None = None


@dataclass(frozen=True)
class Evidence:
    """All three records side by side."""

    orders: Mapping[Key, Ordered]
    soundings: tuple[Sounding, ...]
    cancels: Mapping[str, Mapping[Key, tuple[int, int | None]]]
    """By speaker and order: place in the ledger and instant at which the cancel was verified."""
    view: Mapping[ViewKey, Viewed]
    now: int
    faults: Faults

    def unsure(self, sounding: Sounding) -> int:
        """How far the instants of this sound may honestly be off, us."""
        return max(self.faults.clock_error, min(self.faults.told_error, sounding.started.error))

    def known(self) -> Iterator[tuple[Sounding, Ordered]]:
        """Sounds that have an order behind them."""
        for sounding in self.soundings:
            if sounding.key in self.orders:
                yield sounding, self.orders[sounding.key]

    def by_repeat(self) -> Mapping[Spot, list[Sounding]]:
        """Sounds by speaker, order, part, repeat and content."""
        groups: dict[Spot, list[Sounding]] = defaultdict(list)
        for sounding in self.soundings:
            said = sounding.started
            groups[sounding.device, sounding.key, said.part, said.repeat, said.sha256].append(sounding)
        return groups
