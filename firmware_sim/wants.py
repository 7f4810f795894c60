"""Which blobs a speaker should hold: clips for ever, and what open orders and alerts will need."""

from collections.abc import Iterable, Iterator

from firmware_sim.entries import AlertEntry, PlayEntry
from firmware_sim.transfer import Want


def wants(active: Iterable[PlayEntry | AlertEntry], clips: Iterable[str]) -> list[Want]:
    """One want per blob: urgent if anything urgent needs it, due when the first of them is."""
    merged: dict[str, Want] = {}
    for want in (*(Want(clip, None, True) for clip in sorted(clips)), *_needed(active)):
        known = merged.get(want.sha256, want)
        due = None if None in (known.due, want.due) else min(known.due or 0, want.due or 0)
        merged[want.sha256] = Want(want.sha256, due, known.urgent or want.urgent)
    return list(merged.values())


def _needed(active: Iterable[PlayEntry | AlertEntry]) -> Iterator[Want]:
    for entry in active:
        if isinstance(entry, AlertEntry):
            for blob in (entry.alert.speech, entry.alert.tone):
                if blob:
                    yield Want(blob, entry.alert.start_at, True)
        else:
            yield Want(entry.play.sha256, entry.play.start_at)
