"""What sounded: a speaker's `started` and `ended` lines made into stretches of sound."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from firmware_sim.judge.records import Boot, CancelSeen, Ended, Key, LedgerLine, Started, Why

MILLI = 1_000
PACE_SLACK_MS = 500
"""How much more a ledger may claim to have heard than the time between its two lines, ms."""
NOTING = 50 * MILLI
"""How long writing down that a sound has ended may take, us."""
AHEAD = 1_000 * MILLI
"""How long before its first sample a stretch may be written down, us."""


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
    unnoted: bool = False
    """Power went just as it ended: its speaker may not have noted that."""

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

    def cut(self, draft: "_Draft") -> int | None:
        """When power went while it sounded, or was about to; None if nobody knows."""
        since = max(draft.started.at - AHEAD, (draft.booted_at or 0) + 1)
        return next((cut for cut in sorted(self.cuts) if cut >= since), None)

    def unnoted(self, ended: Ended) -> bool:
        """Whether power went before the end could be noted."""
        return any(0 <= cut - ended.at <= NOTING for cut in self.cuts)

    def until(self, draft: "_Draft") -> int:
        """Last instant at which it may have sounded: the cut or what came next, or the end of the clip."""
        started, cut = draft.started, self.cut(draft)
        ends = [self.now if draft.bound is None else draft.bound]
        if cut is not None:
            ends.append(cut)
        if started.sha256 in self.durations:
            ends.append(started.at + (self.durations[started.sha256] - started.from_ms) * MILLI)
        return max(started.at, min(ends))


@dataclass
class _Draft:
    """A `started` on its way to a sounding: what ended it, or what it cannot have outlived."""

    index: int
    boot: int
    booted_at: int | None
    started: Started
    ended: Ended | None = None
    cut_off: bool = False
    bound: int | None = None


def soundings(device: str, lines: Iterable[LedgerLine], ear: Ear) -> list[Sounding]:
    """Every stretch of sound of one ledger, in its order; a `started` of which nothing was heard is none."""
    found = (_sounding(device, draft, ear) for draft in _drafts(lines))
    return [sounding for sounding in found if sounding.heard_ms]


def cancels_seen(lines: Iterable[LedgerLine]) -> dict[Key, tuple[int, int | None]]:
    """For each cancelled order: place in the ledger and instant of its first verified cancel."""
    seen: dict[Key, tuple[int, int | None]] = {}
    for index, line in enumerate(lines):
        if isinstance(line, CancelSeen):
            seen.setdefault((line.order, line.occurrence), (index, line.known_at))
    return seen


def _drafts(lines: Iterable[LedgerLine]) -> list[_Draft]:
    drafts: list[_Draft] = []
    latest: dict[object, _Draft] = {}
    boots, booted_at = 0, None
    for index, line in enumerate(lines):
        if isinstance(line, Boot):
            boots, booted_at = boots + 1, line.known_at
            _cut_off(latest.values())
        elif isinstance(line, Started):
            _cut_off(draft for draft in latest.values() if draft.started.sound == line.sound)
        _bound(latest.values(), line.known_at)
        if isinstance(line, Started):
            latest[line.sound] = _Draft(index, boots, booted_at, line)
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
        unnoted = ear.unnoted(ended)
        return Sounding(device, draft.index, draft.boot, started, ended.at, max(0, heard), ended.why, unnoted)
    end = ear.until(draft)
    heard = (end - started.at) // MILLI
    if ended:
        begun = 1 if ear.cut(draft) and heard else 0  # a moment that the speaker could not be sure of
        heard = max(begun, min(heard, ended.heard_ms))
        end = end if ear.cut(draft) else started.at + heard * MILLI
    return Sounding(device, draft.index, draft.boot, started, end, heard, None)
