"""The fault programmes by name, and a history drawn from some of them."""

import sys
from collections.abc import Mapping, Sequence
from itertools import chain

from firmware_sim import runtime
from firmware_sim.errors import UnknownProgramme
from firmware_sim.village.deeds.catalogue import known
from firmware_sim.village.faults.clock import clock
from firmware_sim.village.faults.disk import disk
from firmware_sim.village.faults.flood import flood
from firmware_sim.village.faults.hardware import hardware
from firmware_sim.village.faults.hostile import hostile
from firmware_sim.village.faults.keys import keys
from firmware_sim.village.faults.kill import kill
from firmware_sim.village.faults.merge import merge
from firmware_sim.village.faults.reconnect import reconnect
from firmware_sim.village.faults.rival import rival
from firmware_sim.village.faults.silence import silence
from firmware_sim.village.faults.storm import storm
from firmware_sim.village.faults.swizzle import swizzle
from firmware_sim.village.faults.tamper import tamper
from firmware_sim.village.faults.wipe import wipe
from firmware_sim.village.happenings import Happening, Scene, Script, in_time_order
from firmware_sim.village.week import office

_SCRIPTS: tuple[Script, ...] = (
    storm, flood, silence, reconnect, swizzle, kill, wipe, clock, disk, hostile, tamper, rival, merge, keys, hardware,
)  # fmt: skip
PROGRAMMES: Mapping[str, Script] = {script.__name__: script for script in _SCRIPTS}


def named(words: str) -> tuple[str, ...]:
    """Programmes joined by commas; `all` is every one, `none` or nothing is none. UnknownProgramme for other words."""
    asked = tuple(word.strip() for word in words.split(",") if word.strip() not in {"", "none"})
    for word in asked:
        if word not in {"all", *PROGRAMMES}:
            raise UnknownProgramme(fault=word)
    return tuple(PROGRAMMES) if "all" in asked else tuple(dict.fromkeys(asked))


def meaning(name: str) -> str:
    """What a programme does, in one sentence: the docstring of its file."""
    return " ".join((sys.modules[PROGRAMMES[name].__module__].__doc__ or "").split())


def history(scene: Scene, seed: int, faults: Sequence[str]) -> tuple[Happening, ...]:
    """All that will happen within the scene, in order; each programme draws from its own dice. Healing comes after.

    UnknownDeed where a programme says what cannot be done.
    """
    scripts: dict[str, Script] = {"office": office} | {name: PROGRAMMES[name] for name in faults}
    drawn = (script(scene, runtime.dice(f"{seed}/{name}")) for name, script in scripts.items())
    return known(in_time_order(one for one in chain.from_iterable(drawn) if one.at < scene.span))
