"""A second controller on the same database; whichever works is killed now and then, and the other one takes over."""

from collections.abc import Iterator

from devices.protocol.units import HOUR
from firmware_sim.runtime import Dice
from firmware_sim.village.happenings import Happening, Scene, now_and_then


def rival(scene: Scene, dice: Dice) -> Iterator[Happening]:
    """It comes early; then about one death in eight hours, three in a short scene."""
    yield Happening(scene.span // 20, "rival")
    for at in now_and_then(scene, dice, min(8 * HOUR, scene.span // 3)):
        yield Happening(max(at, scene.span // 20 + 1), "rival")
