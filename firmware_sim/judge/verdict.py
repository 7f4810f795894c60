"""`judge`: the three records in, a verdict out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from firmware_sim.judge.evidence import Evidence, Finding
from firmware_sim.judge.ordered import Ordered, fold
from firmware_sim.judge.records import Accepted, Faults, Key, Viewed, ViewKey, ledger_lines
from firmware_sim.judge.sets import SETS
from firmware_sim.judge.soundings import Ear, cancels_seen, soundings

Ledgers = Mapping[str, Sequence[Mapping[str, object]]]
"""Lines of each speaker's ledger, oldest first, by speaker."""


@dataclass(frozen=True)
class Verdict:
    """All eight sets by name; clean when every one is empty."""

    sets: Mapping[str, tuple[Finding, ...]]

    @property
    def verdict(self) -> Literal["clean", "dirty"]:
        return "dirty" if any(self.sets.values()) else "clean"

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(found) for name, found in self.sets.items()}

    def as_json(self) -> dict[str, object]:
        """The verdict, the count of each set, and what was found."""
        findings = {name: [asdict(one) for one in found] for name, found in self.sets.items() if found}
        return {"verdict": self.verdict, "sets": self.counts, "findings": findings}


def judge(
    accepted: Sequence[Accepted],
    ledgers: Ledgers,
    view: Mapping[ViewKey, Viewed],
    now: int,
    faults: Faults | None = None,
) -> Verdict:
    """Compare what was accepted, what sounded and what is shown at `now` (us UTC).

    `accepted` may hold several revisions of one order, oldest first. Raises BadRecord for a ledger line
    that cannot be read.
    """
    evidence = _evidence(fold(accepted), ledgers, view, now, faults or Faults())
    return Verdict({name: tuple(find(evidence)) for name, find in SETS.items()})


def _evidence(
    orders: Mapping[Key, Ordered], ledgers: Ledgers, view: Mapping[ViewKey, Viewed], now: int, faults: Faults
) -> Evidence:
    durations = _durations(orders.values())
    lines = {device: ledger_lines(device, entries) for device, entries in ledgers.items()}
    ears = {device: Ear(now, durations, faults.cuts.get(device, ())) for device in lines}
    sounds = (sound for device in lines for sound in soundings(device, lines[device], ears[device]))
    cancels = {device: cancels_seen(said) for device, said in lines.items()}
    return Evidence(orders, tuple(sounds), cancels, view, now, faults)


def _durations(orders: Iterable[Ordered]) -> dict[str, int]:
    revisions = (revision for ordered in orders for revision in ordered.revisions)
    return dict(content for revision in revisions for content in revision.parts.values())
