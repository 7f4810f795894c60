"""Flash that is full, slow, rotten, or without power in the middle of a write."""

from collections.abc import Iterator

from devices.protocol.units import DAY, MINUTE
from firmware_sim.runtime import Dice
from firmware_sim.village.happenings import Happening, Scene, now_and_then, some


def disk(scene: Scene, dice: Dice) -> Iterator[Happening]:
    for at in now_and_then(scene, dice, min(scene.span // 6, DAY)):
        poles = some(dice, scene.everybody, 8)
        kind = dice.choice(("full", "slow", "rot", "torn"))
        sizes = {"slow": (dice.choice((1.0, 10.0, 100.0)),), "torn": (dice.randrange(40_000),)}
        yield Happening(at, f"flash_{kind}", (poles, *sizes.get(kind, ())))
        yield Happening(at + dice.randrange(MINUTE, 30 * MINUTE), "flash_well", (poles,))
