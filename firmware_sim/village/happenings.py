"""What befalls a village, as a list that can be printed, shortened and run again. Knows no controller."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from firmware_sim.runtime import Dice

Value = int | float | str | None | tuple[int, ...]


@dataclass(frozen=True)
class Happening:
    """`deed` at `at` (us after the beginning), with what it needs to know; see deeds for the words."""

    at: int
    deed: str
    of: tuple[Value, ...] = ()

    def __str__(self) -> str:
        said = " ".join(_short(value) for value in self.of)
        return f"{self.at / 1_000_000:10.1f} s  {self.deed} {said}".rstrip()


@dataclass(frozen=True)
class Scene:
    """What a fault programme may know before it begins: poles by number, hamlets of them, us that it lasts."""

    speakers: int
    hamlets: tuple[tuple[int, ...], ...]
    span: int

    @property
    def everybody(self) -> tuple[int, ...]:
        return tuple(range(self.speakers))


Script = Callable[[Scene, Dice], Iterable[Happening]]
"""A fault programme: all that it does, drawn before anything happens."""


def now_and_then(scene: Scene, dice: Dice, every: int) -> Iterator[int]:
    """Instants over the whole scene, `every` us apart on average, at least one."""
    at = int(dice.uniform(0.05, 0.95) * min(every, scene.span))
    yield at
    while (at := at + int(dice.expovariate(1 / every))) < scene.span:
        yield at


def some(dice: Dice, poles: Iterable[int], most: int) -> tuple[int, ...]:
    """One to `most` of these poles."""
    known = list(poles)
    return tuple(sorted(dice.sample(known, dice.randint(1, min(most, len(known))))))


def in_time_order(happenings: Iterable[Happening]) -> tuple[Happening, ...]:
    return tuple(sorted(happenings, key=lambda one: one.at))


def _short(value: Value) -> str:
    if isinstance(value, tuple) and len(value) > 6:
        return f"({value[0]}, {value[1]}, ... {len(value)} poles)"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
