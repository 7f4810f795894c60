"""Is a speaker well? Pure: what its heartbeat tells, and what was wrong with it before.

Each rule has two thresholds with a gap between them, and a heartbeat that does not tell changes nothing: a horn
is judged only by loud sound, a howl only while nothing is ordered. So one heartbeat is enough to raise an alarm.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from devices.protocol.messages.speaker import Health
from devices.protocol.units import DAY, SECOND

FLAT, FILLED = 20, 35
"""% of a battery that nothing fills: below, and above again. Lead ages quickly below 20 %."""
HOT, COOLED = 75.0, 68.0
"""Degrees Celsius in the box; its parts are rated to 85."""
DRIVEN = -30.0
"""dBFS from which on what was sent can be told from the noise of a street."""
LOST, FOUND = 24.0, 18.0
"""dB that the sound is weaker at the microphone than it was sent: a sound horn loses about 10."""
LOUD, QUIET = -30.0, -36.0
"""dBFS of a steady tone that nobody ordered."""
FAULTY = 3
"""Flash faults since power-up; one may be a cosmic ray."""
SPENT, SPARE = 90, 80
"""% of the month's data budget."""


@dataclass(frozen=True)
class Rule:
    """`tells`: True, this is wrong; False, it is well; None, this heartbeat does not tell."""

    kind: str
    tells: Callable[[Health], bool | None]
    shows: tuple[str, ...]
    """Fields of the heartbeat that a person wants to see."""


def wrong(health: Health, before: Collection[str]) -> frozenset[str]:
    """Kinds of what is wrong after this heartbeat, given those from `before` it."""
    told = {rule.kind: rule.tells(health) for rule in RULES}
    return frozenset(kind for kind, tells in told.items() if tells or (tells is None and kind in before))


def shown(kind: str, health: Health) -> dict[str, Any]:
    """What the heartbeat says about one kind."""
    fields = next(rule.shows for rule in RULES if rule.kind == kind)
    return {field: getattr(health, field) for field in fields}


def _battery_low(health: Health) -> bool | None:
    if health.battery is None or FLAT < health.battery < FILLED:
        return None
    return health.battery <= FLAT and (health.feed == "battery" or None)


def _overheated(health: Health) -> bool | None:
    return _above(health.temperature, HOT, COOLED)


def _amplifier_fault(health: Health) -> bool | None:
    return None if health.amplifier is None else health.amplifier not in {"standby", "on"}


def _dead_horn(health: Health) -> bool | None:
    """It played, and the microphone did not hear it."""
    if health.drive is None or health.heard is None or health.drive < DRIVEN:
        return None
    return _above(health.drive - health.heard, LOST, FOUND)


def _howling_horn(health: Health) -> bool | None:
    """A loud steady tone while nothing was ordered to sound."""
    if health.noise is None or health.playing is not None:
        return None
    return False if health.tone is None else _above(health.noise, LOUD, QUIET)


def _flash_failing(health: Health) -> bool | None:
    well = health.flash_faults == 0 and health.uptime >= DAY // SECOND
    return True if health.flash_faults >= FAULTY else False if well else None


def _data_budget(health: Health) -> bool | None:
    return None if health.data_share is None else _above(health.data_share, SPENT, SPARE)


def _above(value: float, raised: float, cleared: float) -> bool | None:
    return True if value >= raised else False if value < cleared else None


RULES = (
    Rule("battery_low", _battery_low, ("battery", "battery_volts", "feed")),
    Rule("overheated", _overheated, ("temperature",)),
    Rule("amplifier_fault", _amplifier_fault, ("amplifier",)),
    Rule("dead_horn", _dead_horn, ("drive", "heard")),
    Rule("howling_horn", _howling_horn, ("noise", "tone")),
    Rule("flash_failing", _flash_failing, ("flash_faults", "flash_free")),
    Rule("data_budget", _data_budget, ("data_share", "data_used")),
)
