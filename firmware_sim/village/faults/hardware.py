"""Boxes that fail: weak mains, flat batteries, covered panels, hot boxes, horns, lines and relays that are broken."""

from collections.abc import Iterator

from devices.protocol.units import DAY, HOUR, MINUTE
from firmware_sim.runtime import Dice
from firmware_sim.village.happenings import Happening, Scene, now_and_then, some

SOUND = ("dead_horn", "howling_horn", "cut_wire", "relay_stuck_off", "relay_stuck_on", "amplifier_dead")
LEVELS = (0.95, 0.85, 0.7, 0.4)
"""Of the mains: a supply holds, its output sags, the box goes off."""


def hardware(scene: Scene, dice: Dice) -> Iterator[Happening]:
    """Who has no battery feels weak mains; who has a panel, a flat battery or a covered panel for days."""
    for at in now_and_then(scene, dice, min(scene.span // 6, DAY)):
        kind, poles = dice.choice(("mains", "sound", "heat", "dark", "dark")), some(dice, scene.everybody, 10)
        if kind == "mains":
            yield Happening(at, "brown_out", (poles, dice.choice(LEVELS)))
            yield Happening(at + dice.randrange(MINUTE, 2 * HOUR), "power_back", (poles,))
            continue
        if kind == "dark":
            poles = some(dice, scene.everybody, 40)
            yield Happening(at, "broken", (poles, "covered_panel"))
            yield Happening(at, "drained", (poles, dice.choice((0.0, 0.05, 0.3))))
        else:
            yield Happening(at, "broken", (poles, "blocked_vent" if kind == "heat" else dice.choice(SOUND)))
        yield Happening(at + dice.randrange(5 * MINUTE, min(3 * DAY, scene.span)), "repaired", (poles,))
