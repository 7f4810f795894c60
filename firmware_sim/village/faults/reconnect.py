"""Everybody is cut at once and comes back at once: an operator's core restarts."""

from collections.abc import Iterator

from devices.protocol.units import DAY, SECOND
from firmware_sim.runtime import Dice
from firmware_sim.village.happenings import Happening, Scene, now_and_then


def reconnect(scene: Scene, dice: Dice) -> Iterator[Happening]:
    for at in now_and_then(scene, dice, min(scene.span // 3, DAY)):
        yield Happening(at, "radio_lost", (scene.everybody,))
        yield Happening(at + dice.randrange(SECOND // 10, 90 * SECOND), "radio_back", (scene.everybody,))
