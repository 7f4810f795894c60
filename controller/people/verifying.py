"""Does a chain of audit lines hold? Says which line was changed, is missing, or does not belong there. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from controller.people.chain import BEGINNING, Line, digest, seal
from controller.people.permissions import Action

Kind = Literal["changed", "missing", "misplaced", "nameless", "cut", "replaced", "unreadable"]


@dataclass(frozen=True)
class Fault:
    """What is wrong with line `seq`; of a gap the first line that is missing, and `through` the last one."""

    kind: Kind
    seq: int
    through: int | None = None


@dataclass(frozen=True)
class Unreadable:
    """A line of which the database or the file gives no sense."""

    seq: int


@dataclass
class Verifier:
    """Fed line by line in order; `anchors`: hashes by sequence number that others vouch for."""

    anchors: Mapping[int, str] = field(default_factory=dict)
    gaps: bool = False
    """Lines may be missing: it is a selection."""
    seq: int = 0
    previous: frozenset[str] | None = frozenset({BEGINNING})
    """What the next line may follow; None: not known, because the one before is not there."""
    nameless: list[tuple[int, str]] = field(default_factory=list)
    forgotten: dict[str, int] = field(default_factory=dict)

    def take(self, line: Line | Unreadable, follows: str | None = None) -> Iterator[Fault]:
        """What is wrong with this line, and with its place. `follows`: the hash before it, as a file says."""
        if line.seq <= self.seq:
            yield Fault("misplaced", line.seq)
            return
        if line.seq > self.seq + 1:
            if not self.gaps:
                yield Fault("missing", self.seq + 1, line.seq - 1)
            self.previous = None
        self.seq = line.seq
        if isinstance(line, Unreadable):
            self.previous = None
            yield Fault("unreadable", line.seq)
        else:
            yield from self._content(line, follows)

    def end(self, head: tuple[int, str]) -> Iterator[Fault]:
        """What can be said only when all lines have been seen. `head`: number and hash of the newest, as was noted."""
        last = max([*self.anchors, head[0]])
        if last > self.seq:
            yield Fault("cut", self.seq + 1, last)
        elif self.seq > head[0]:
            yield Fault("misplaced", head[0] + 1, self.seq)
        elif self.previous is not None and head[1] not in self.previous:
            yield Fault("replaced", self.seq)
        for seq, who_id in self.nameless:
            if seq > self.forgotten.get(who_id, 0):
                yield Fault("nameless", seq)

    def _content(self, line: Line, follows: str | None) -> Iterator[Fault]:
        before = self.previous if self.previous is not None or follows is None else frozenset({follows})
        said = before is None or follows is None or follows in before
        reckoned = frozenset(digest(vars(line), one) for one in before or ())
        if not said or (before is not None and line.hash not in reckoned) or not self._sealed(line):
            yield Fault("changed", line.seq)
        elif self.anchors.get(line.seq, line.hash) != line.hash:
            yield Fault("replaced", line.seq)
        self.previous = reckoned | {line.hash}
        if line.action == Action.PERSON_FORGET:
            self.forgotten[line.subject] = line.seq

    def _sealed(self, line: Line) -> bool:
        if line.salt is not None:
            return seal(line.salt, line.who, line.origin) == line.sealed
        self.nameless.append((line.seq, line.who_id))
        return not line.who and not line.origin


def faults(
    lines: Iterable[Line | Unreadable], head: tuple[int, str], anchors: Mapping[int, str] | None = None
) -> Iterator[Fault]:
    """All that is wrong with a whole chain."""
    verifier = Verifier(anchors or {})
    for line in lines:
        yield from verifier.take(line)
    yield from verifier.end(head)
