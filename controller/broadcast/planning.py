"""When a broadcast may sound: lead, lateness, expiry and clashes. Pure; instants us UTC, durations as named."""

from collections.abc import Iterable
from dataclasses import dataclass

from controller.errors.air import Clash, StartInPast, StartTooFar, TooLongOnAir
from devices.protocol.units import DAY, HOUR, MILLI, SECOND

CARRY_BYTES_PER_S = 250_000
"""Half of the median throughput of the 4G model: how fast audio is assumed to reach a speaker."""
ORDER_AHEAD = 7 * DAY
"""How long before its start an order leaves, so that a network lost meanwhile does not matter, us."""
AFTER_LATEST = 5 * SECOND
"""Between the end of the latest allowed start and the expiry, us."""
BETWEEN = SECOND
"""Silence kept between two broadcasts of one speaker, us."""
MAX_SOUND = 12 * HOUR
MAX_LATE = 11 * HOUR
MAX_AHEAD = 366 * DAY


@dataclass(frozen=True)
class Airing:
    """The instants of one broadcast."""

    start_at: int
    ends_at: int
    expires_at: int
    publish_at: int


@dataclass(frozen=True)
class Span:
    """Another broadcast on some of the same speakers: its id and when it sounds."""

    order: str
    start_at: int
    ends_at: int


def carry_time(size: int) -> int:
    """Time to bring `size` bytes to the speakers, us."""
    return size * SECOND // CARRY_BYTES_PER_S


def sounding(duration_ms: int, repeats: int, gap_ms: int) -> int:
    """First to last sample, us. TooLongOnAir beyond 12 h."""
    total = (duration_ms * repeats + gap_ms * (repeats - 1)) * MILLI
    if total > MAX_SOUND:
        raise TooLongOnAir(limit_s=MAX_SOUND // SECOND)
    return total


def plan(now: int, start_at: int, total: int, max_late_ms: int) -> Airing:
    """The instants of a start at `start_at`. StartInPast, StartTooFar, TooLongOnAir (lateness over 11 h)."""
    if start_at < now:
        raise StartInPast(start_at=start_at)
    if start_at > now + MAX_AHEAD:
        raise StartTooFar(limit_days=MAX_AHEAD // DAY)
    if max_late_ms * MILLI > MAX_LATE:
        raise TooLongOnAir(limit_s=MAX_LATE // SECOND)
    expires_at = start_at + max_late_ms * MILLI + total + AFTER_LATEST
    return Airing(start_at, start_at + total, expires_at, max(now, start_at - ORDER_AHEAD))


def first_free(start_at: int, total: int, busy: Iterable[Span]) -> int:
    """The earliest start from `start_at` on that leaves every other broadcast alone."""
    for span in sorted(busy, key=lambda span: span.start_at):
        if _touches(start_at, total, span):
            start_at = span.ends_at + BETWEEN
    return start_at


def refuse_clashes(start_at: int, total: int, busy: Iterable[Span]) -> None:
    """Raise Clash where something else sounds between `start_at` and the end."""
    touched = [span.order for span in busy if _touches(start_at, total, span)]
    if touched:
        raise Clash(broadcasts=touched)


def _touches(start_at: int, total: int, span: Span) -> bool:
    return start_at < span.ends_at + BETWEEN and span.start_at < start_at + total + BETWEEN
