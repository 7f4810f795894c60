"""Bad crystals and lost clocks: up to 200 ppm wrong, jumps of days, wrong clock chips, boots from anywhere."""

from collections.abc import Iterator

from devices.protocol.units import DAY, MINUTE
from firmware_sim.runtime import Dice
from firmware_sim.village.happenings import Happening, Scene, now_and_then, some

WORST_PPM = 200.0
"""Four times what a speaker believes of its crystal before it has measured it."""
HEAT_PPM = 3.0
"""What a day in the sun moves a crystal by."""

JUMPS = (DAY, 30 * DAY)
"""Longer than any speaker sleeps: it finds out by having overslept."""
WRONG = (5 * MINUTE, DAY, 20_000 * DAY)
"""What a clock chip is off by; the last one makes it 1970, or 2081."""


def clock(scene: Scene, dice: Dice) -> Iterator[Happening]:
    """Some crystals are bad from the first minute on; later some are warmed, and some boxes boot."""
    yield Happening(0, "drift", (some(dice, scene.everybody, 10), dice.uniform(-WORST_PPM, WORST_PPM)))
    for at in now_and_then(scene, dice, min(scene.span // 4, DAY)):
        poles = some(dice, scene.everybody, 10)
        kind = dice.choice(("warmed", "reboot", "jumped", "chip"))
        if kind == "warmed":
            yield Happening(at, "warmed", (poles, dice.uniform(-HEAT_PPM, HEAT_PPM)))
        elif kind == "jumped":
            yield Happening(at, "clock_jumped", (poles, dice.choice(JUMPS)))
        else:
            if kind == "chip":
                yield Happening(at, "chip_wrong", (poles, dice.choice((-1, 1)) * dice.choice(WRONG)))
            yield Happening(at, "reboot", (poles,))
