"""When a bulletin sounds, and how it ends: pure decisions about one order.

Repeat k stands at origin + k x (duration + gap) on the order's timeline. All instants and lengths are us, UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from devices.protocol.messages.orders import Play
from devices.protocol.messages.speaker import ReceiptState
from devices.protocol.units import MILLI
from firmware_sim.entries import PlayEntry

HEARD_PERCENT = 95
"""Less than this share heard is a failure."""
SLIVER = 50 * MILLI
"""A rest shorter than this is not worth an opening of the amplifier."""


@dataclass(frozen=True)
class Span:
    """The next stretch of a bulletin."""

    origin: int
    repeat: int
    at: int
    """First sample."""
    offset: int
    """Where in the repeat it begins, us."""
    until: int
    """No sample at or after this."""


@dataclass(frozen=True)
class End:
    state: ReceiptState
    reason: str = "none"


def period(play: Play) -> int:
    return (play.duration + play.gap) * MILLI


def whole(play: Play) -> int:
    """From the first sample of the first repeat to the last of the last, us."""
    return play.repeats * period(play) - play.gap * MILLI


def expected(play: Play) -> int:
    """Sound that the order asks for, us."""
    return play.repeats * play.duration * MILLI


def latest_start(play: Play, trim: int) -> int:
    return play.start_at + trim + play.max_late * MILLI


def over_at(entry: PlayEntry, trim: int) -> int:
    """When its time is over by the clock."""
    origin = entry.play.start_at + trim if entry.origin is None else entry.origin
    return min(origin + whole(entry.play), entry.expires_at)


def next_span(entry: PlayEntry, trim: int, earliest: int) -> Span | None:
    """What may sound next, not before `earliest`; None if nothing of it may start any more then.

    In time: from the start. Late but inside a repeat: at the clock position, in step with the neighbours; in a
    gap: the next repeat. All repeats over and never started: the whole, alone. Interrupted: as late, without
    the limit on late starts, and never what has sounded already.
    """
    play = entry.play
    origin = play.start_at + trim if entry.origin is None else entry.origin
    span = _on_grid(play, origin, max(earliest, origin + _sounded(entry)))
    if entry.started:
        return span
    if span is None:
        span = _alone(play, earliest)
    return span if span and span.at <= latest_start(play, trim) else None


def rest(entry: PlayEntry, trim: int, now: int) -> Iterator[tuple[int, int]]:
    """Begin and end of what an order that has begun will still sound, beyond what is on air."""
    play = entry.play
    origin = play.start_at + trim if entry.origin is None else entry.origin
    earliest = max(now, origin + _sounded(entry))
    for repeat in range(play.repeats):
        begin = origin + repeat * period(play)
        yield max(begin, earliest), min(begin + play.duration * MILLI, play.expires_at)


def verdict(entry: PlayEntry, trim: int, now: int, held: bool) -> End | None:
    """How it ended, asked while none of it is on air; None if it may still sound. `held`: its blob is whole."""
    play = entry.play
    if entry.started and now >= over_at(entry, trim):
        return _heard(entry)
    if not entry.started and (now > latest_start(play, trim) or now >= entry.expires_at):
        return End("expired", "late" if held else "no_content")
    return None


def _heard(entry: PlayEntry) -> End:
    if entry.heard * 100 >= expected(entry.play) * HEARD_PERCENT:
        return End("played")
    return End("failed", "partial" if entry.flaw == "none" else entry.flaw)


def _sounded(entry: PlayEntry) -> int:
    """Up to where on its timeline it has sounded, or will have when what is on air is over: a clock that is
    corrected meanwhile must not make the rest of it sound twice."""
    on_air = (one.position - one.from_ms * MILLI + one.length for one in entry.sounding)
    return max([entry.mark, *on_air])


def _on_grid(play: Play, origin: int, at: int) -> Span | None:
    repeat, offset = divmod(max(0, at - origin), period(play))
    if play.duration * MILLI - offset < _least(play):
        repeat, offset = repeat + 1, 0
    if repeat >= play.repeats:
        return None
    return _span(play, origin, repeat, offset)


def _alone(play: Play, at: int) -> Span | None:
    return _span(play, at, 0, 0) if at + whole(play) <= play.expires_at else None


def _span(play: Play, origin: int, repeat: int, offset: int) -> Span | None:
    begin = origin + repeat * period(play)
    until = min(begin + play.duration * MILLI, play.expires_at)
    if until - begin - offset < _least(play):
        return None
    return Span(origin, repeat, begin + offset, offset, until)


def _least(play: Play) -> int:
    return min(SLIVER, play.duration * MILLI)
