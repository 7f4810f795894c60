"""Which blobs a speaker should hold: clips for ever, and what open orders, airings and alerts will need.

What a plan needs much later is fetched ahead only as far as the plan allows and the flash has room. Pure.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from devices.protocol.messages.plans import Plan
from devices.protocol.units import HOUR
from firmware_sim.entries import AlertEntry, PlayEntry
from firmware_sim.transfer import Want

AHEAD = 2 * HOUR
"""What a plan airs later than this, us, may wait for its audio."""

Active = PlayEntry | AlertEntry


@dataclass(frozen=True)
class Store:
    """What of the flash counts for wants."""

    capacity: int
    held: Mapping[str, int]
    """Bytes that each blob takes, partial ones by their whole length."""
    whole: Collection[str]
    staged: Collection[str]
    """What the plan in force allows to fetch ahead."""


def staged(plan: Plan, whole: Collection[str], now: int | None) -> frozenset[str]:
    """Blobs that a new plan lets the speaker fetch ahead: in order of start, each once, what is held or due within
    two hours apart, as far as they are within `stage` bytes together."""
    chosen: dict[str, int] = {}
    near = {plan.pieces[one.piece].sha256 for one in plan.airings if not _is_late(one.start_at, now)}
    for airing in sorted(plan.airings, key=lambda one: one.start_at):
        piece = plan.pieces[airing.piece]
        if piece.sha256 in near or piece.sha256 in whole or piece.sha256 in chosen:
            continue
        if sum(chosen.values()) + piece.size > plan.stage:
            break
        chosen[piece.sha256] = piece.size
    return frozenset(chosen)


def wants(active: Iterable[Active], clips: Iterable[str], store: Store, now: int | None) -> list[Want]:
    """One want per blob: urgent if anything urgent needs it, due when the first of them is."""
    everything = list(active)
    far = [entry for entry in everything if is_far(entry, now)]
    near = [entry for entry in everything if not is_far(entry, now)]
    merged: dict[str, Want] = {}
    for want in (*(Want(clip, None, True) for clip in sorted(clips)), *_needed(near)):
        known = merged.get(want.sha256, want)
        due = None if None in (known.due, want.due) else min(known.due or 0, want.due or 0)
        merged[want.sha256] = Want(want.sha256, due, known.urgent or want.urgent)
    sizes = {entry.play.sha256: entry.planned.size for entry in _planned(everything) if entry.planned}
    room = store.capacity - sum(store.held.get(blob) or sizes.get(blob, 0) for blob in merged)
    return [*merged.values(), *_ahead(_planned(far), merged, store, room)]


def is_far(entry: Active, now: int | None) -> bool:
    """Whether it is an airing that starts in more than two hours; without valid time each airing may be."""
    return isinstance(entry, PlayEntry) and entry.planned is not None and _is_late(entry.play.start_at, now)


def next_near(active: Iterable[Active], now: int) -> int | None:
    """When wants must be looked at again because an airing comes near, us UTC."""
    starts = (entry.play.start_at for entry in _planned(active) if is_far(entry, now))
    return min((start - AHEAD for start in starts), default=None)


def missing(active: Iterable[Active], whole: Collection[str]) -> list[str]:
    """Blobs of airings to come that are not held whole, the first one needed first."""
    coming = sorted(_planned(active), key=lambda entry: entry.play.start_at)
    return [blob for blob in dict.fromkeys(entry.play.sha256 for entry in coming) if blob not in whole]


def named(active: Iterable[Active]) -> set[str]:
    """Blobs of all that is open, however far away."""
    return {want.sha256 for want in _needed(active)}


def _ahead(far: Iterable[PlayEntry], near: Collection[str], store: Store, room: int) -> Iterator[Want]:
    """What is held stays, and what is staged comes, in order of start while there is room."""
    seen = set(near)
    for entry in sorted(far, key=lambda one: one.play.start_at):
        blob, size = entry.play.sha256, entry.planned.size if entry.planned else 0
        if blob in seen or not (blob in store.whole or blob in store.staged):
            continue
        room -= size
        if room < 0:
            return
        seen.add(blob)
        yield Want(blob, entry.play.start_at, ahead=True)


def _planned(active: Iterable[Active]) -> Iterator[PlayEntry]:
    return (entry for entry in active if isinstance(entry, PlayEntry) and entry.planned)


def _is_late(start_at: int, now: int | None) -> bool:
    return now is None or start_at > now + AHEAD


def _needed(active: Iterable[Active]) -> Iterator[Want]:
    for entry in active:
        if isinstance(entry, AlertEntry):
            for blob in (entry.alert.speech, entry.alert.tone):
                if blob:
                    yield Want(blob, entry.alert.start_at, True)
        else:
            yield Want(entry.play.sha256, entry.play.start_at)
