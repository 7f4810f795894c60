"""How much of a day's budget of sound is spent or promised: pure sums over what memory holds, us.

What was heard stands in the entries themselves, so a power cut loses none of it. Memory keeps an entry for a day
beyond its expiry, longer than it counts.
"""

from collections.abc import Iterable, Iterator

from devices.protocol.units import MILLI
from firmware_sim import orders
from firmware_sim.airrules import AirRules
from firmware_sim.entries import AnyEntry, PlayEntry

Stretch = tuple[int, int]
"""Begin and end, us UTC."""


def fits(entry: PlayEntry, at: int, known: Iterable[AnyEntry], air: AirRules, trim: int, now: int) -> bool:
    """Whether a bulletin that would start at `at` fits whole into what that day has left."""
    if air.budget is None:
        return True
    day = air.day(at)
    taken = sum(_within(stretch, day) for other in known for stretch in _taken(other, trim, now))
    return taken + orders.expected(entry.play) <= air.budget


def _taken(entry: AnyEntry, trim: int, now: int) -> Iterator[Stretch]:
    """What was heard of a bulletin, and what it will still take if it has begun and has not ended."""
    if not isinstance(entry, PlayEntry):
        return
    for begin, heard in entry.aired:
        yield begin, begin + heard
    if entry.started and entry.end is None:
        yield from ((one.wall, one.wall + one.length - one.from_ms * MILLI) for one in entry.sounding)
        yield from orders.rest(entry, trim, now)


def _within(stretch: Stretch, day: Stretch) -> int:
    return max(0, min(stretch[1], day[1]) - max(stretch[0], day[0]))
