"""What befell a village as lanes over time: what is taken away at one moment and given back at a later one is a spell.

Reads a history only; knows nothing of how it is drawn.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from devices.protocol.units import SECOND
from firmware_sim.village.happenings import Happening

BEGINS: Mapping[str, str] = {
    "radio_lost": "radio gone", "power_lost": "mains gone", "broker_dies": "broker down",
    "flash_full": "flash full", "flash_slow": "flash slow",
    "brown_out": "mains weak", "broken": "box broken",
}  # fmt: skip
"""The lane in which a deed begins a spell."""
ENDS: Mapping[str, tuple[str, ...]] = {
    "radio_back": ("radio gone",), "power_back": ("mains gone", "mains weak"), "broker_returns": ("broker down",),
    "flash_well": ("flash full", "flash slow"),
    "repaired": ("box broken",),
}  # fmt: skip
LASTS: Mapping[str, tuple[str, int]] = {
    "faded": ("radio gone", 1), "silent": ("link silent", 1), "disorder": ("message disorder", 2),
    "tamper": ("audio tampered", 1),
}  # fmt: skip
"""The lane of a deed that says itself how long it lasts, and where in its words (us)."""
MOMENTS: Mapping[str, str] = {
    "drift": "crystal bad", "warmed": "crystal warmed", "clock_jumped": "clock jumped",
    "chip_wrong": "clock chip wrong", "drained": "battery flat", "reboot": "box rebooted",
    "flash_rot": "flash rotten", "flash_torn": "write torn",
    "kill": "fail point armed", "forge": "message forged", "replay": "messages replayed",
    "roll_back": "store rolled back", "alert": "alerts", "stop": "stops, cancels", "cancel": "stops, cancels",
    "programme": "calendar", "retold": "calendar", "ended": "calendar", "night": "calendar",
    "rival": "second controller", "rotated": "keys", "leaked": "keys", "new_root": "keys", "thief": "thief speaks",
    "merged": "areas", "handed_over": "areas", "resettled": "areas",
}  # fmt: skip
BULLETINS = "bulletins"
SAID = (BULLETINS, "alerts", "stops, cancels", "calendar", "areas")
"""The lanes of the office; all others are faults."""


@dataclass(frozen=True)
class Spell:
    """From `begin` to `end` (us after the beginning; equal: a moment) for these poles; none named: for everybody."""

    begin: int
    end: int
    poles: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Lane:
    name: str
    spells: tuple[Spell, ...]

    @property
    def poles(self) -> frozenset[int]:
        return frozenset().union(*(spell.poles for spell in self.spells))

    @property
    def lasted(self) -> int:
        """All spells together, those of several poles counted for each, us."""
        return sum((spell.end - spell.begin) * max(1, len(spell.poles)) for spell in self.spells)


def lanes(played: Iterable[Happening], end: int) -> tuple[Lane, ...]:
    """By name, the office first; every fault is mended at `end` (us), if not before."""
    found: dict[str, dict[tuple[int, int], set[int]]] = defaultdict(lambda: defaultdict(set))
    for name, spell in _spells(played, end):
        last = spell.end if name in SAID else max(spell.begin, min(spell.end, end))
        found[name][spell.begin, last] |= spell.poles
    made = (Lane(name, tuple(Spell(*when, frozenset(who)) for when, who in found[name].items())) for name in found)
    return tuple(sorted(made, key=lambda lane: (lane.name not in SAID, lane.name)))


def _spells(played: Iterable[Happening], end: int) -> Iterator[tuple[str, Spell]]:
    """Every spell of every single pole."""
    lost: dict[tuple[str, frozenset[int]], int] = {}
    for one in played:
        yield from _at_once(one)
        for who in _each(one):
            for lane in ENDS.get(one.deed, ()):
                if (lane, who) in lost:
                    yield lane, Spell(lost.pop((lane, who)), one.at, who)
            if one.deed in BEGINS:
                lost.setdefault((BEGINS[one.deed], who), one.at)
    yield from ((lane, Spell(begin, end, who)) for (lane, who), begin in lost.items())


def _at_once(one: Happening) -> Iterator[tuple[str, Spell]]:
    """What a happening says by itself, without another that ends it."""
    who = _poles(one)
    if one.deed == "order":
        seconds, ahead, repeats = (cast(float, one.of[place]) for place in (1, 2, 7))
        start = one.at + int(ahead * SECOND)
        yield BULLETINS, Spell(start, start + int(seconds * repeats * SECOND))
    elif one.deed in LASTS:
        lane, place = LASTS[one.deed]
        yield lane, Spell(one.at, one.at + cast(int, one.of[place]), who)
    elif one.deed in MOMENTS:
        yield MOMENTS[one.deed], Spell(one.at, one.at, who)


def _poles(one: Happening) -> frozenset[int]:
    return frozenset(one.of[0]) if one.of and isinstance(one.of[0], tuple) else frozenset()


def _each(one: Happening) -> list[frozenset[int]]:
    return [frozenset((pole,)) for pole in sorted(_poles(one))] or [frozenset()]
