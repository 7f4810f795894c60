"""The broker is killed and comes back with an empty store."""

from collections.abc import Iterator

from devices.protocol.units import DAY, SECOND
from firmware_sim.runtime import Dice
from firmware_sim.village.happenings import Happening, Scene, now_and_then


def wipe(scene: Scene, dice: Dice) -> Iterator[Happening]:
    for at in now_and_then(scene, dice, min(scene.span // 4, DAY)):
        yield Happening(at, "broker_dies")
        yield Happening(at + dice.randrange(SECOND // 2, 60 * SECOND), "broker_returns")
