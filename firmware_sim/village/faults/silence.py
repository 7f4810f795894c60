"""Radio silence: a link that looks alive and carries nothing, for seconds or for many minutes."""

from collections.abc import Iterator

from devices.protocol.units import HOUR, MINUTE, SECOND
from firmware_sim.runtime import Dice
from firmware_sim.village.happenings import Happening, Scene, now_and_then, some


def silence(scene: Scene, dice: Dice) -> Iterator[Happening]:
    for at in now_and_then(scene, dice, min(scene.span // 8, 6 * HOUR)):
        span = dice.choice((dice.randrange(SECOND, 40 * SECOND), dice.randrange(MINUTE, 20 * MINUTE)))
        yield Happening(at, "silent", (some(dice, scene.everybody, 10), span))
