"""Will a speaker play a day's programmes without a network, and if not, why? A pure decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from devices.protocol.units import DAY, SECOND

MOST_CLOCK_ERROR = 60 * SECOND
"""A start that is further off than this is no start in time, us."""


@dataclass(frozen=True)
class Held:
    """What is known of one speaker and its plan: sequences, instants us UTC, lengths us."""

    seen: bool
    retired: bool = False
    told_seq: int = 0
    held_seq: int = 0
    held_at: int | None = None
    valid_to: int = 0
    missing: frozenset[str] = frozenset()
    """Blobs that it lacks."""
    clock_error: int = 0
    """Expected in a day without network."""


@dataclass(frozen=True)
class Due:
    """An airing of the day."""

    title: str
    start_at: int
    sha256: str


@dataclass(frozen=True)
class Why:
    """A stable code, and what was seen."""

    code: str
    data: Mapping[str, object] = field(default_factory=dict)


def hindrances(held: Held, airings: Sequence[Due], now: int) -> list[Why]:
    """All that stands against it; none: it will play."""
    if held.retired:
        return [Why("retired")]
    if not held.seen:
        return [Why("never_seen")]
    if not airings:
        return [Why("nothing_planned")]
    return [*_plan(held), *_sound(held, airings), *_reach(held, airings), *_clock(held, airings, now)]


def _plan(held: Held) -> list[Why]:
    if held.told_seq and held.told_seq == held.held_seq:
        return []
    return [Why("not_confirmed", {"told_seq": held.told_seq, "held_seq": held.held_seq})]


def _sound(held: Held, airings: Sequence[Due]) -> list[Why]:
    titles = sorted({one.title for one in airings if one.sha256 in held.missing})
    return [Why("sound_missing", {"titles": titles})] if titles else []


def _reach(held: Held, airings: Sequence[Due]) -> list[Why]:
    beyond = [one for one in airings if one.start_at >= held.valid_to]
    return [Why("plan_ends", {"valid_to": held.valid_to})] if beyond else []


def _clock(held: Held, airings: Sequence[Due], now: int) -> list[Why]:
    """Its error grows from the last word of it to the last start of the day."""
    away = max(airings, key=lambda one: one.start_at).start_at - (held.held_at or now)
    expected = held.clock_error * max(away, DAY) // DAY
    return [Why("clock_off", {"error_s": expected // SECOND})] if expected > MOST_CLOCK_ERROR else []
