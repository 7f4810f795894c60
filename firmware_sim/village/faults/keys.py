"""Keys change, and one of them was stolen: rotations, leaks and new roots, and a thief who speaks with what he has."""

from collections.abc import Iterator

from devices.protocol.units import DAY, HOUR, MINUTE
from firmware_sim.runtime import Dice
from firmware_sim.village.happenings import Happening, Scene, now_and_then

ROLES = ("content", "alert", "control", "time")


def keys(scene: Scene, dice: Dice) -> Iterator[Happening]:
    """Who leaks is found out at once; what he says to speakers that know of it comes later."""
    for at in now_and_then(scene, dice, min(scene.span // 5, DAY)):
        kind, role = dice.choice(("rotated", "leaked", "leaked", "new_root")), dice.choice(ROLES)
        if kind == "rotated":
            yield Happening(at, "rotated", (role, dice.choice((MINUTE, HOUR, 8 * DAY))))
        elif kind == "new_root":
            yield Happening(at, "new_root")
        else:
            yield Happening(at, "leaked", (role,))
            yield Happening(dice.randrange(at, max(at + 1, min(at + HOUR, scene.span))), "thief", (role,))
