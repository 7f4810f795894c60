"""What sounded: a speaker's `started` and `ended` lines made into stretches of sound."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from firmware_sim.judge.records import Boot, CancelSeen, Ended, Key, LedgerLine, Started, Why

MILLI = 1_000
PACE_SLACK_MS = 500
"""How much more a ledger may claim to have heard than the time between its two lines, ms."""


@dataclass(frozen=True)
class Sounding:
    """One stretch of sound at one speaker, between opening and closing the amplifier."""

    device: str
    index: int
    """Place of its `started` in the ledger."""
    boot: int
    """How many times the speaker had booted."""
    started: Started
    end: int
    """Last sample, us UTC; an upper bound where power was cut."""
    heard_ms: int
    """An upper bound where power was cut."""
    why: Why | None
    """None: power was cut, or it sounds still."""

    @property
    def key(self) -> Key:
        return self.started.order, self.started.occurrence

    @property
    def start(self) -> int:
        return self.started.at

    @property
    def stretch(self) -> tuple[int, int]:
        """From and to within the part, ms."""
        return self.started.from_ms, self.started.from_ms + self.heard_ms


@dataclass(frozen=True)
class Ear:
    """What is needed to say how long an unfinished sound went on."""

    now: int
    durations: Mapping[str, int]
    """SHA-256 to ms."""
    cuts: tuple[int, ...] = ()

    def until(self, started: Started, bound: int) -> int:
        """Last instant at which it may have sounded: `bound`, a cut before it, or the end of the clip."""
        ends = [bound, *(cut for cut in self.cuts if started.at <= cut)]
        if started.sha256 in self.durations:
            ends.append(started.at + (self.durations[started.sha256] - started.from_ms) * MILLI)
        return max(started.at, min(ends))


def soundings(device: str, lines: Iterable[LedgerLine], ear: Ear) -> list[Sounding]:
    """Every stretch of sound of one ledger, in its order."""
    return [_sounding(device, draft, ear) for draft in _drafts(lines)]


def cancels_seen(lines: Iterable[LedgerLine]) -> dict[Key, tuple[int, int | None]]:
    """For each cancelled order: place in the ledger and instant of its first verified cancel."""
    seen: dict[Key, tuple[int, int | None]] = {}
    for index, line in enumerate(lines):
        if isinstance(line, CancelSeen):
            seen.setdefault((line.order, line.occurrence), (index, line.known_at))
    return seen


@dataclass
class _Draft:
    """A `started` on its way to a sounding: what ended it, or what it cannot have outlived."""

    index: int
    boot: int
    started: Started
    ended: Ended | None = None
    cut_off: bool = False
    bound: int | None = None


def _drafts(lines: Iterable[LedgerLine]) -> list[_Draft]:
    drafts: list[_Draft] = []
    latest: dict[object, _Draft] = {}
    boots = 0
    for index, line in enumerate(lines):
        if isinstance(line, Boot):
            boots += 1
            _cut_off(latest.values())
        elif isinstance(line, Started):
            _cut_off(draft for draft in latest.values() if draft.started.sound == line.sound)
        _bound(latest.values(), line.known_at)
        if isinstance(line, Started):
            latest[line.sound] = _Draft(index, boots, line)
            drafts.append(latest[line.sound])
        elif isinstance(line, Ended) and line.sound in latest:
            latest.pop(line.sound).ended = line
    return drafts


def _cut_off(drafts: Iterable[_Draft]) -> None:
    for draft in drafts:
        draft.cut_off = True


def _bound(drafts: Iterable[_Draft], at: int | None) -> None:
    """What was cut off had ended by the next known instant at the latest."""
    for draft in drafts:
        if draft.cut_off and draft.bound is None:
            draft.bound = at


def _sounding(device: str, draft: _Draft, ear: Ear) -> Sounding:
    started, ended = draft.started, draft.ended
    if ended and not draft.cut_off:
        heard = min(ended.heard_ms, (ended.mono - started.mono) // MILLI + PACE_SLACK_MS)
        return Sounding(device, draft.index, draft.boot, started, ended.at, max(0, heard), ended.why)
    end = ear.until(started, ear.now if draft.bound is None else draft.bound)
    if ended:
        end = min(end, started.at + ended.heard_ms * MILLI)
    return Sounding(device, draft.index, draft.boot, started, end, (end - started.at) // MILLI, None)
