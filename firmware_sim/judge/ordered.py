"""What was asked for: all accepted revisions of one order, folded together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from firmware_sim.judge.records import Accepted, Key, Part


@dataclass(frozen=True)
class Ordered:
    """One order: the last revision rules, but what any revision allowed was allowed."""

    revisions: tuple[Accepted, ...]

    @property
    def last(self) -> Accepted:
        return self.revisions[-1]

    @property
    def targets(self) -> frozenset[str]:
        """Speakers of every revision: those that an update drops are owed a cancel."""
        return frozenset().union(*(revision.targets for revision in self.revisions))

    @property
    def earliest_start(self) -> int:
        return min(revision.start_at for revision in self.revisions)

    @property
    def latest_start(self) -> int:
        return max(revision.start_at + revision.max_late for revision in self.revisions)

    @property
    def expires_at(self) -> int:
        return max(revision.expires_at for revision in self.revisions)

    @property
    def repeats(self) -> int:
        return max(revision.repeats for revision in self.revisions)

    @property
    def cancelled_at(self) -> int | None:
        """The first cancel's 2xx."""
        said = (revision.cancelled_at for revision in self.revisions)
        return min((at for at in said if at is not None), default=None)

    def cancel_reached(self, device: str) -> bool:
        """Whether nothing delayed the cancel's way to this speaker."""
        reachable = self.last.cancel_reachable
        return reachable is None or device in reachable

    def durations(self, part: Part) -> dict[str, int]:
        """What this part may be: SHA-256 to ms."""
        return dict(revision.parts[part] for revision in self.revisions if part in revision.parts)

    @property
    def expected_ms(self) -> int:
        """All parts of the last revision, all repeats."""
        return self.last.repeats * sum(duration for _, duration in self.last.parts.values())


def fold(accepted: Iterable[Accepted]) -> Mapping[Key, Ordered]:
    """Accepted records by order and occurrence, revisions in the order in which they were accepted."""
    orders: dict[Key, Ordered] = {}
    for record in accepted:
        before = orders.get(record.key)
        orders[record.key] = Ordered((*(before.revisions if before else ()), record))
    return orders
