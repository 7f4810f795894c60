"""Bad crystals and lost clocks: up to 200 ppm wrong, and boots that count from anywhere."""

from collections.abc import Iterator

from devices.protocol.units import DAY
from firmware_sim.runtime import Dice
from firmware_sim.village.happenings import Happening, Scene, now_and_then, some


def clock(scene: Scene, dice: Dice) -> Iterator[Happening]:
    for at in now_and_then(scene, dice, min(scene.span // 4, DAY)):
        poles = some(dice, scene.everybody, 10)
        if dice.random() < 0.5:
            yield Happening(at, "drift", (poles, dice.uniform(-200, 200)))
        else:
            yield Happening(at, "reboot", (poles,))
