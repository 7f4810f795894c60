"""From the amplifier to the air: relay, output stage, line and horn, what may be wrong with them, and what is seen.

Pure. An amplifier knows some faults by itself; a dead horn on a whole line shows only in the microphone.
"""

from collections.abc import Set
from dataclasses import dataclass

from devices.protocol.messages.speaker import AmplifierWord

UNDER_LOAD: frozenset[AmplifierWord] = frozenset(("stuck_off", "fault"))
"""Found only while it should sound; it stays said until it sounds again."""
NOISY = frozenset(("howling_horn", "relay_stuck_on"))
SILENCING = frozenset(("dead_horn", "cut_wire", "relay_stuck_off", "amplifier_dead"))
HOWL_HZ, HOWL_DBFS = 1_180, -9.0
"""Feedback of a horn: the resonance of its driver, as loud at the microphone as its amplifier can make it."""
MEAN_SHARE = 1 / 8
"""Mean power of speech as a share of the rated power (IEC 60268-5: eight times for peaks)."""
EFFICIENCY = 0.85
"""Of a class D output stage; the rest is heat in the box."""


@dataclass(frozen=True, slots=True)
class Air:
    """What the horn makes of what it is given."""

    gain: float
    """Factor on what is sent: 1, or 0 where it does not sound."""
    howl: bool = False
    """Whether it sounds by itself."""


def air(faults: Set[str]) -> Air:
    """What reaches the air with these faults."""
    broken = bool(SILENCING & faults)
    return Air(0.0 if broken else 1.0, "howling_horn" in faults and not broken)


def word(faults: Set[str], before: AmplifierWord, sounded: bool, playing: bool, watches_line: bool) -> AmplifierWord:
    """What the amplifier says, given what it said `before` and whether it was to sound since then."""
    if watches_line and "cut_wire" in faults:
        return "line_open"
    if sounded and "relay_stuck_off" in faults:
        return "stuck_off"
    if sounded and "amplifier_dead" in faults:
        return "fault"
    if "relay_stuck_on" in faults:
        return "stuck_on"
    if before in UNDER_LOAD and not sounded:
        return before
    return "on" if playing else "standby"


def draw(rated: float, share: float) -> float:
    """Watts that an output stage of `rated` watts takes while it sounds for `share` of the time."""
    return rated * MEAN_SHARE / EFFICIENCY * share


def lost(rated: float, share: float) -> float:
    """Watts of that which become heat in the box."""
    return draw(rated, share) * (1 - EFFICIENCY)
