"""What the office does: a commune's days with bulletins, stops and alerts, drawn from a seed."""

from collections.abc import Iterator

from devices.protocol.units import DAY, HOUR, MINUTE, SECOND
from firmware_sim.runtime import Dice
from firmware_sim.village.happenings import Happening, Scene

HOURS = (5.0, 6.5, 11.0, 17.0, 19.0)
"""When a commune speaks (hours of its day): morning, noon and evening."""
EVE = 12 * HOUR
"""How long before a day begins its programme is ordered at most, us."""
LENGTHS = (10.0, 15.0, 20.0, 30.0)
"""Seconds of a bulletin, in a week that must be run in two minutes; villages speak for longer."""
PITCHES = tuple(200 + 25 * step for step in range(6))
"""Few, so that a sound comes back as a jingle does."""
PARTS = ("all",) * 7 + ("commune", "hamlet", "some")
"""Whom a bulletin is for: mostly everybody."""
QUIET = 40 * MINUTE
"""How long a busy day is silent at most, us; half of it in a scene of an hour or less."""
CALENDAR = 10 * DAY
"""A scene from this on lives by its calendar."""
MONTH = (
    ("daily", (5 * 60, 17 * 60), 20.0), ("working", (7 * 60 + 30,), 15.0), ("not_on_holidays", (11 * 60,), 15.0),
    ("weekly", (17 * 60,), 30.0), ("moon", (5 * 60, 18 * 60), 20.0), ("tet", (0, 6 * 60, 12 * 60), 30.0),
    ("month", (8 * 60,), 10.0),
)  # fmt: skip
"""Days, minutes after the clock time of the beginning, and seconds of each programme; some of them collide."""
CALENDARS = 0.25
"""Share of busy days with a calendar. Days that lack a whole kind of deed find other faults than mixed ones do
(Groce et al.: Swarm Testing, 2012), and are quicker."""
SHORT = 12 * HOUR
"""A scene below this is a busy day: something every twenty minutes."""


def office(scene: Scene, dice: Dice) -> Iterator[Happening]:
    """The whole programme of a scene."""
    numbers = iter(range(1_000_000))
    if scene.span < SHORT:
        yield from _busy(scene, dice, numbers)
    elif scene.span >= CALENDAR:
        yield from by_calendar(scene, dice, numbers)
    else:
        for day in range(max(1, scene.span // DAY)):
            yield from _day(day * DAY, dice, numbers)


def by_calendar(scene: Scene, dice: Dice, numbers: Iterator[int]) -> Iterator[Happening]:
    """A month as an office plans it: programmes, a night of silence, a change every few days, and little else."""
    yield Happening(0, "night", ("21:30", "04:45"))
    for number, (days, times, length) in enumerate(MONTH):
        part = dice.choice(PARTS)
        wishes = (days, times, part, dice.randrange(1_000), dice.choice((60_000, 600_000)))
        yield Happening(number + 1, "programme", (number, length, dice.choice(PITCHES), *wishes))
    for day in range(1, scene.span // DAY):
        if dice.random() < 0.3:
            at = day * DAY + dice.randrange(DAY)
            yield Happening(at, "retold", (dice.randrange(len(MONTH)), dice.choice(LENGTHS), dice.choice(PITCHES)))
        if dice.random() < 0.2:
            yield from _alert(day * DAY + dice.randrange(DAY), dice, next(numbers), dice.randint(5, 60))
        if dice.random() < 0.2:
            yield _bulletin(day * DAY + dice.randrange(DAY), 0, dice, next(numbers), dice.choice(LENGTHS))
    yield Happening(scene.span * 2 // 3, "ended", (dice.randrange(len(MONTH)),))


def _day(begin: int, dice: Dice, numbers: Iterator[int]) -> Iterator[Happening]:
    for hour in HOURS:
        start = begin + int(hour * HOUR) + dice.randrange(10 * MINUTE)
        said = max(begin - dice.randrange(EVE), 0) if dice.random() < 0.6 else start - dice.randrange(MINUTE, HOUR)
        yield _bulletin(said, start - said, dice, next(numbers), dice.choice(LENGTHS))
    if dice.random() < 0.5:
        yield from _alert(begin + dice.randrange(DAY), dice, next(numbers), dice.randint(5, 60))
    if dice.random() < 0.3:
        yield from _stopped(begin + dice.randrange(DAY), dice, next(numbers), 30.0)


def _busy(scene: Scene, dice: Dice, numbers: Iterator[int]) -> Iterator[Happening]:
    if dice.random() < CALENDARS:
        yield from _planned(scene, dice)
    at = dice.randrange(MINUTE)
    while at < scene.span:
        kind = dice.random()
        if kind < 0.55:
            ahead = dice.choice((0, 0, dice.randrange(10 * SECOND, 10 * MINUTE)))
            yield _bulletin(at, ahead, dice, next(numbers), dice.choice((3.0, 6.0, 20.0)))
        elif kind < 0.75:
            yield from _stopped(at, dice, next(numbers), 20.0)
        else:
            yield from _alert(at, dice, next(numbers), dice.randint(1, 5))
        at += dice.randrange(MINUTE, QUIET if scene.span > HOUR else QUIET // 2)


def _planned(scene: Scene, dice: Dice) -> Iterator[Happening]:
    """One to three programmes within a busy day; now and then one is retold or ended."""
    minutes = scene.span // MINUTE
    for number in range(dice.choice((1, 1, 2, 3))):
        said = dice.randrange(scene.span // 2)
        times = tuple(sorted(dice.randrange(2, max(3, minutes)) for _ in range(dice.randint(1, 3))))
        wishes = ("for_days", times, dice.choice(PARTS), dice.randrange(1_000), dice.choice((0, 60_000, 600_000)))
        yield Happening(said, "programme", (number, dice.choice((3.0, 6.0, 20.0)), dice.choice(PITCHES), *wishes))
        if dice.random() < 0.6:
            again = (number, dice.choice((3.0, 6.0)), dice.choice(PITCHES))
            yield Happening(dice.randrange(said, scene.span), "retold", again)
        if dice.random() < 0.3:
            yield Happening(dice.randrange(said, scene.span), "ended", (number,))


def _bulletin(at: int, ahead: int, dice: Dice, number: int, seconds: float) -> Happening:
    """`ahead` us before it is to sound; 0: at once."""
    part = dice.choice(PARTS)
    late_ms = dice.choice((0, 10_000, 60_000, 600_000))
    wishes = (part, dice.randrange(1_000), dice.choice(PITCHES), late_ms, dice.choice((1, 1, 2)))
    return Happening(at, "order", (number, seconds, ahead / SECOND, *wishes))


def _stopped(at: int, dice: Dice, number: int, seconds: float) -> Iterator[Happening]:
    yield _bulletin(at, 0, dice, number, seconds)
    yield Happening(at + dice.randrange(2 * SECOND, 25 * SECOND), "stop", (number,))


def _alert(at: int, dice: Dice, number: int, minutes: int) -> Iterator[Happening]:
    speech = dice.choice((0.8, 2.0, 6.0, None))
    part = dice.choice(("all", "commune", "hamlet"))
    yield Happening(at, "alert", (number, float(minutes), speech, part, dice.randrange(1_000), dice.randint(1, 3)))
    if dice.random() < 0.5:
        yield Happening(at + dice.randrange(SECOND, 40 * SECOND), "cancel", (number,))
