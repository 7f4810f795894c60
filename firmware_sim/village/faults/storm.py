"""A storm: a third of the mobile stations, with the hamlets behind them, gone for hours."""

from collections.abc import Iterator

from devices.protocol.units import DAY, HOUR, MINUTE
from firmware_sim.runtime import Dice
from firmware_sim.village.happenings import Happening, Scene, now_and_then


def storm(scene: Scene, dice: Dice) -> Iterator[Happening]:
    """About one every two days; a short scene has one that takes up to half of it."""
    longest = min(8 * HOUR, scene.span // 2)
    for at in now_and_then(scene, dice, min(2 * DAY, scene.span)):
        for hamlet in dice.sample(scene.hamlets, -(-len(scene.hamlets) // 3)):
            lost = min(at + dice.randrange(10 * MINUTE), scene.span - 1)
            yield Happening(lost, "radio_lost", (hamlet,))
            yield Happening(lost + dice.randrange(longest // 4, longest), "radio_back", (hamlet,))
