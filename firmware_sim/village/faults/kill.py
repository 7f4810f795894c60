"""The controller dies at a fail point: before or after one of its next publishes leaves."""

from collections.abc import Iterator

from devices.protocol.units import HOUR
from firmware_sim.runtime import Dice
from firmware_sim.village.happenings import Happening, Scene, now_and_then


def kill(scene: Scene, dice: Dice) -> Iterator[Happening]:
    for at in now_and_then(scene, dice, min(scene.span // 10, 4 * HOUR)):
        yield Happening(at, "kill", (dice.choice((1, 2, 3, dice.randrange(1, 60))), dice.choice(("before", "after"))))
