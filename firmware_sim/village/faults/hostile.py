"""The broker in wrong hands: forgeries, replays, disorder, and old state brought back."""

from collections.abc import Iterator

from devices.protocol.units import HOUR, MINUTE, SECOND
from firmware_sim.runtime import Dice
from firmware_sim.village.forger import SAID
from firmware_sim.village.forgeries import FORGERIES
from firmware_sim.village.happenings import Happening, Scene, now_and_then

FORGED = (*SAID, "time")
HELD = (SECOND, 10 * SECOND, 60 * SECOND)
"""How long a message is held back at most, us."""


def hostile(scene: Scene, dice: Dice) -> Iterator[Happening]:
    for at in now_and_then(scene, dice, min(scene.span // 10, 3 * HOUR)):
        kind = dice.choice(("forge", "replay", "disorder", "roll_back"))
        if kind == "forge":
            for said in dice.sample(FORGED, 3):
                yield Happening(at, "forge", (said, dice.choice(FORGERIES), dice.randrange(1_000)))
        elif kind == "replay":
            yield Happening(at, "replay", (dice.randint(1, 40),))
        elif kind == "disorder":
            yield Happening(at, "disorder", (0.2, dice.choice(HELD), dice.randrange(MINUTE, 10 * MINUTE)))
        else:
            yield Happening(at, "remember")
            yield Happening(dice.randrange(at, max(at + 1, min(at + HOUR, scene.span))), "roll_back")
