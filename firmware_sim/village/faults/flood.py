"""A flood: the power fails hamlet by hamlet, and comes back as the water falls."""

from collections.abc import Iterator

from devices.protocol.units import DAY, HOUR, MINUTE
from firmware_sim.runtime import Dice
from firmware_sim.village.happenings import Happening, Scene, now_and_then


def flood(scene: Scene, dice: Dice) -> Iterator[Happening]:
    for at in now_and_then(scene, dice, min(2 * DAY, scene.span)):
        lost = at
        for hamlet in dice.sample(scene.hamlets, dice.randint(1, len(scene.hamlets))):
            dry = lost + dice.randrange(MINUTE, min(6 * HOUR, scene.span // 2))
            yield Happening(lost, "power_lost", (hamlet,))
            yield Happening(dry, "power_back", (hamlet,))
            lost += dice.randrange(5 * MINUTE)
