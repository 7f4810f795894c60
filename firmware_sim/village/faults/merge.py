"""Two communes become one at noon: with programmes, a live bulletin and an alert at both, and speakers away."""

from collections.abc import Iterator

from devices.protocol.units import MINUTE, SECOND
from firmware_sim.runtime import Dice
from firmware_sim.village.happenings import Happening, Scene, some
from firmware_sim.village.week import PITCHES

ORDERS = 1_000_000
"""Numbers that the office does not use."""


def merge(scene: Scene, dice: Dice) -> Iterator[Happening]:
    """Hamlets and single speakers move before and after it."""
    noon = int(scene.span * dice.uniform(0.3, 0.7))
    for number in range(2):
        yield from _commune(scene, dice, noon, number)
    away = some(dice, scene.everybody, max(1, scene.speakers // 3))
    yield Happening(max(0, noon - dice.randrange(5 * MINUTE)), "radio_lost", (away,))
    yield Happening(noon + dice.randrange(20 * MINUTE), "radio_back", (away,))
    if dice.random() < 0.5:
        yield Happening(max(0, noon - dice.randrange(30 * MINUTE)), "handed_over", (dice.randrange(1_000),))
    for _ in range(dice.randint(1, 4)):
        at = max(0, noon + dice.randrange(-30 * MINUTE, 30 * MINUTE))
        yield Happening(at, "resettled", (dice.choice(scene.everybody), dice.randrange(1_000)))
    yield Happening(noon, "merged", (dice.choice(("new", "first", "kept")),))
    for number in range(2, 4):
        yield _order(noon + dice.randrange(2 * MINUTE), dice, number)
    yield Happening(noon + dice.randrange(5 * MINUTE), "alert", (ORDERS + 6, 3.0, 2.0, "commune", 0, 2))


def _commune(scene: Scene, dice: Dice, noon: int, number: int) -> Iterator[Happening]:
    """What goes on in one of them when it happens."""
    minutes = sorted({max(2, noon // MINUTE + dice.randint(-3, 6)) for _ in range(3)})
    wishes = ("for_days", tuple(minutes), "commune", number, dice.choice((0, 60_000, 600_000)))
    said = max(0, noon - dice.randrange(10 * MINUTE, 60 * MINUTE))
    yield Happening(said, "programme", (ORDERS + number, 20.0, dice.choice(PITCHES), *wishes))
    yield _order(max(0, noon - dice.randrange(25 * SECOND)), dice, number)
    raised = max(0, noon - dice.randrange(2 * MINUTE))
    speech = dice.choice((0.8, 2.0, 6.0, None))
    yield Happening(raised, "alert", (ORDERS + 4 + number, dice.uniform(3, 30), speech, "commune", number, 2))
    if dice.random() < 0.5:
        yield Happening(noon + dice.randrange(20 * SECOND), "cancel", (ORDERS + 4 + number,))
    if dice.random() < 0.5:
        yield Happening(noon + dice.randrange(10 * SECOND), "stop", (ORDERS + number,))


def _order(at: int, dice: Dice, number: int) -> Happening:
    ahead = dice.choice((0.0, 0.0, dice.uniform(10, 120)))
    late_ms = dice.choice((0, 10_000, 600_000))
    return Happening(at, "order", (ORDERS + number, 20.0, ahead, "commune", number, dice.choice(PITCHES), late_ms, 1))
