"""Cut one by one, restored in another order (after the "swizzle-clogging" of FoundationDB)."""

from collections.abc import Iterator

from devices.protocol.units import DAY, SECOND
from firmware_sim.runtime import Dice
from firmware_sim.village.happenings import Happening, Scene, now_and_then


def swizzle(scene: Scene, dice: Dice) -> Iterator[Happening]:
    for begin in now_and_then(scene, dice, min(scene.span // 3, DAY)):
        cut, at = dice.sample(scene.everybody, dice.randint(2, scene.speakers)), begin
        for word, poles in (("radio_lost", cut), ("radio_back", dice.sample(cut, len(cut)))):
            for pole in poles:
                at += dice.randrange(10 * SECOND)
                yield Happening(at, word, ((pole,),))
