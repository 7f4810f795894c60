"""Bad crystals and lost clocks: up to 200 ppm wrong, and boots that count from anywhere."""

from collections.abc import Iterator

from devices.protocol.units import DAY
from firmware_sim.runtime import Dice
from firmware_sim.village.happenings import Happening, Scene, now_and_then, some

WORST_PPM = 200.0
"""Four times what a speaker believes of its crystal before it has measured it."""
HEAT_PPM = 3.0
"""What a day in the sun moves a crystal by."""


def clock(scene: Scene, dice: Dice) -> Iterator[Happening]:
    """Some crystals are bad from the first minute on; later some are warmed, and some boxes boot."""
    yield Happening(0, "drift", (some(dice, scene.everybody, 10), dice.uniform(-WORST_PPM, WORST_PPM)))
    for at in now_and_then(scene, dice, min(scene.span // 4, DAY)):
        poles = some(dice, scene.everybody, 10)
        if dice.random() < 0.5:
            yield Happening(at, "warmed", (poles, dice.uniform(-HEAT_PPM, HEAT_PPM)))
        else:
            yield Happening(at, "reboot", (poles,))
