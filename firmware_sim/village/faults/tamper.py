"""Bits turned in pieces of audio on their way."""

from collections.abc import Iterator

from devices.protocol.units import HOUR, MINUTE
from firmware_sim.runtime import Dice
from firmware_sim.village.happenings import Happening, Scene, now_and_then


def tamper(scene: Scene, dice: Dice) -> Iterator[Happening]:
    for at in now_and_then(scene, dice, min(scene.span // 6, 3 * HOUR)):
        yield Happening(at, "tamper", (dice.choice((0.05, 0.3, 0.9)), dice.randrange(MINUTE, 20 * MINUTE)))
