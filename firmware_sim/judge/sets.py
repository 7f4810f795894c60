"""The eight sets that must be empty, each a pure function of the evidence."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import get_args

from firmware_sim.judge.evidence import Evidence, Finding
from firmware_sim.judge.records import End, Key, Part
from firmware_sim.judge.soundings import MILLI, Sounding

SECOND = 1_000 * MILLI
LOST_AFTER = 60 * SECOND
"""How long after it could have one an order may lack a visible end, us."""
CANCEL_WITHIN = 2 * SECOND
"""How long after a cancel's 2xx a speaker may still sound, us."""
CLOSING = 250 * MILLI
"""How long a speaker may take to close its amplifier after it verified a cancel, us."""
TRIM = 500 * MILLI
"""How far a speaker's own trim may move a start, either way, us."""
JOIN_OVERLAP_MS = 250
"""How much may be heard again where an interrupted sound is taken up, or was cut off as it began, ms."""
PLAYED_PERCENT = 95
ENDS: frozenset[str] = frozenset(get_args(End))


def lost(evidence: Evidence) -> Iterator[Finding]:
    """An accepted order x target without an end, 60 s after it could have one."""
    last_sound: dict[tuple[str, Key], int] = {}
    for sounding in evidence.soundings:
        place = sounding.device, sounding.key
        last_sound[place] = max(sounding.end, last_sound.get(place, 0))
    for key, ordered in evidence.orders.items():
        for device in sorted(ordered.targets):
            could = max(ordered.expires_at, last_sound.get((device, key), 0))
            viewed = evidence.view.get((*key, device))
            if evidence.now > could + LOST_AFTER and (viewed is None or viewed.state not in ENDS):
                yield Finding(device, *key, why=f"no end: {viewed.state if viewed else 'not in view'}")


def unexpected(evidence: Evidence) -> Iterator[Finding]:
    """Sound without an accepted order behind it, before its time, or more often than asked for."""
    for sounding in evidence.soundings:
        if sounding.key not in evidence.orders:
            yield _of(sounding, "no such order")
    for sounding, ordered in evidence.known():
        begun = sounding.start + evidence.unsure(sounding), sounding.started.wall or sounding.start
        if min(begun) < ordered.earliest_start - TRIM:
            yield _of(sounding, "before its time")
    yield from _too_often(evidence)


def duplicated(evidence: Evidence) -> Iterator[Finding]:
    """The same part of one repeat heard twice, but for one restart declared after a power cut."""
    for group in evidence.by_repeat().values():
        yield from _heard_again(group)


def late(evidence: Evidence) -> Iterator[Finding]:
    """A first start after `start_at` + `max_late`, or any sample after the expiry."""
    begun: set[tuple[str, Key]] = set()
    for sounding, ordered in evidence.known():
        first = (sounding.device, sounding.key) not in begun
        begun.add((sounding.device, sounding.key))
        if first and sounding.start > ordered.latest_start + TRIM + evidence.unsure(sounding):
            yield _of(sounding, "started too late")
        if sounding.end > ordered.expires_at + evidence.unsure(sounding):
            yield _of(sounding, "sounded after its expiry")


def after_cancel(evidence: Evidence) -> Iterator[Finding]:
    """A sample after the speaker verified the cancel, or 2 s after a 2xx that nothing kept from it."""
    for sounding, ordered in evidence.known():
        place, verified = evidence.cancels[sounding.device].get(sounding.key, (None, None))
        reached = ordered.cancelled_at if ordered.cancel_reached(sounding.device) else None
        if place is not None and sounding.index > place:
            yield _of(sounding, "started after the cancel was verified")
        elif verified is not None and sounding.end > verified + CLOSING:
            yield _of(sounding, "sounded on after the cancel was verified")
        elif reached is not None and sounding.end > reached + CANCEL_WITHIN + evidence.faults.clock_error:
            yield _of(sounding, "sounded on after the cancel was accepted")


def wrong_content(evidence: Evidence) -> Iterator[Finding]:
    """What sounded is not what any revision of the order named for this part."""
    for sounding, ordered in evidence.known():
        if sounding.started.sha256 not in ordered.durations(sounding.started.part):
            yield _of(sounding, f"sounded {sounding.started.sha256[:12]}")


def wrong_device(evidence: Evidence) -> Iterator[Finding]:
    """Sound on a speaker that was no target."""
    for sounding, ordered in evidence.known():
        if sounding.device not in ordered.targets:
            yield _of(sounding, "no target")


def false_played(evidence: Evidence) -> Iterator[Finding]:
    """Shown as played, but the ledger holds less than 95 % of the ordered sound."""
    heard = _heard_right(evidence)
    for (order, occurrence, device), viewed in evidence.view.items():
        if viewed.state != "played":
            continue
        ordered = evidence.orders.get((order, occurrence))
        got = heard.get((device, (order, occurrence)), 0)
        if ordered is None:
            yield Finding(device, order, occurrence, why="no such order")
        elif got * 100 < ordered.expected_ms * PLAYED_PERCENT:
            yield Finding(device, order, occurrence, why=f"heard {got} of {ordered.expected_ms} ms")


SETS: Mapping[str, Callable[[Evidence], Iterator[Finding]]] = {
    "lost": lost,
    "unexpected": unexpected,
    "duplicated": duplicated,
    "late": late,
    "after_cancel": after_cancel,
    "wrong_content": wrong_content,
    "wrong_device": wrong_device,
    "false_played": false_played,
}


def _of(sounding: Sounding, why: str) -> Finding:
    said = sounding.started
    return Finding(sounding.device, *sounding.key, why, sounding.start, said.part, said.repeat)


def _too_often(evidence: Evidence) -> Iterator[Finding]:
    begun: dict[tuple[str, Key, str], set[int]] = defaultdict(set)
    for sounding, ordered in evidence.known():
        said = sounding.started
        repeats = begun[sounding.device, sounding.key, said.part]
        if said.repeat not in repeats and len(repeats) == ordered.repeats:
            yield _of(sounding, "more repeats than ordered")
        else:
            repeats.add(said.repeat)


def _heard_again(group: list[Sounding]) -> Iterator[Finding]:
    heard: list[tuple[int, int]] = []
    before: Sounding | None = None
    restarted = False
    for sounding in group:
        if before and not restarted and _declared(sounding, before):
            heard, restarted = [], True
        joined = sounding.started.resumed or (before is not None and before.why is None)
        allowed = JOIN_OVERLAP_MS if joined else 0
        if _overlap(heard, sounding.stretch) > allowed:
            yield _of(sounding, "heard before")
        heard.append(sounding.stretch)
        before = sounding


def _declared(sounding: Sounding, before: Sounding) -> bool:
    """A restart that the ledger declares, after a power cut that left the repeat unfinished, or its end unnoted."""
    unfinished = before.why != "finished" or before.unnoted
    return sounding.started.restart and sounding.boot > before.boot and unfinished


def _overlap(heard: list[tuple[int, int]], stretch: tuple[int, int]) -> int:
    return _union((max(start, stretch[0]), min(end, stretch[1])) for start, end in heard)


def _heard_right(evidence: Evidence) -> Mapping[tuple[str, Key], int]:
    """ms of right content by speaker and order; no part of a repeat counts for more than it is."""
    best: dict[tuple[str, Key, Part, int], int] = defaultdict(int)
    for (device, key, part, repeat, sha256), group in evidence.by_repeat().items():
        ordered = evidence.orders.get(key)
        if ordered and sha256 in ordered.durations(part):
            wanted = ordered.durations(part)[sha256]
            got = min(wanted, _union(sounding.stretch for sounding in group))
            best[device, key, part, repeat] = max(best[device, key, part, repeat], got)
    heard: dict[tuple[str, Key], int] = defaultdict(int)
    for (device, key, _, _), got in best.items():
        heard[device, key] += got
    return heard


def _union(stretches: Iterable[tuple[int, int]]) -> int:
    total, reached = 0, 0
    for start, end in sorted(stretches):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total
