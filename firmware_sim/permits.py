"""What may not sound though it is due: other versions, silence, and a stretch that would run into it. Pure.

Instants are us UTC.
"""

from collections.abc import Callable
from dataclasses import replace

from firmware_sim import orders
from firmware_sim.airrules import AirRules
from firmware_sim.entries import AnyEntry, Key, PlayEntry
from firmware_sim.orders import SLIVER, End, Span

Find = Callable[[Key], AnyEntry | None]
"""What is remembered under a name."""


def refusal(entry: PlayEntry, trim: int, now: int, air: AirRules, find: Find) -> End | None:
    """Why a bulletin that has not begun never will; None if it may."""
    if entry.started:
        return None
    if other_version_sounded(entry, find):
        return End("refused", "other_version")
    if now >= entry.play.start_at + trim and not air.cap(now):
        return End("refused", air.silence(now))
    return None


def other_version_sounded(entry: PlayEntry, find: Find) -> bool:
    """Whether an earlier version of it has begun to sound here, or is about to."""
    instead = entry.planned.instead if entry.planned else ()
    versions = (find((name, name)) for name in instead)
    return any(version is not None and version.started for version in versions)


def asked_at(entry: PlayEntry, trim: int, air: AirRules, now: int) -> int:
    """When `refusal` must be asked again."""
    return air.silent_from(max(now, entry.play.start_at + trim))


def allowed_span(entry: PlayEntry, trim: int, earliest: int, air: AirRules) -> Span | None:
    """The next stretch that ends where silence begins; None if nothing may start any more. One that has begun
    goes on after a silence; one that would sound late and alone must be over before it."""
    span = orders.next_span(entry, trim, earliest)
    while span and _room(span, air) < min(SLIVER, span.until - span.at):
        again = air.open_from(min(span.until, air.silent_from(span.at)))
        span = orders.next_span(entry, trim, again) if entry.started and again is not None else None
    if span is None:
        return None
    silent = air.silent_from(span.at)
    alone = not entry.started and span.origin != entry.play.start_at + trim
    if alone and silent < span.at + orders.whole(entry.play):
        return None
    return replace(span, until=min(span.until, silent))


def reason_of(end: End, entry: PlayEntry, trim: int, air: AirRules) -> End:
    """An end with the silence that took a part of it, where nothing else did."""
    if end.reason != "partial" or entry.first is None:
        return end
    silent = air.silent_from(entry.first) < orders.over_at(entry, trim)
    return replace(end, reason="quiet_hours") if silent else end


def _room(span: Span, air: AirRules) -> int:
    return min(span.until, air.silent_from(span.at)) - span.at
