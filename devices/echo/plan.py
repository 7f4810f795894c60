"""The echo plan of some horns: who is near whom, with which delay and in which turn each speaks, and what that wins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from devices.echo.figures import Figure, measure
from devices.echo.geometry import Horn, speed_of_sound, stands
from devices.echo.hearing import Hearing, Micros, listen
from devices.echo.interleave import Turn, interleave
from devices.echo.neighbours import EARSHOT, Pair, neighbouring, poles
from devices.echo.trims import best_trims

WARM = 27.0
"""Degrees Celsius: a year's mean in the south of Vietnam."""
TENTH = 100_000
"""Of a second, us: gaps are whole ones."""


@dataclass(frozen=True)
class Neighbours:
    """Two neighbouring poles, by the speakers on them."""

    one: tuple[str, ...]
    other: tuple[str, ...]
    metres: float
    travel_us: int
    together: bool
    """They speak in the same turn: an odd ring of neighbours cannot be parted."""


@dataclass(frozen=True)
class EchoPlan:
    """Trims (us) and turns by speaker. `gap_us`: from the end of turn A to the start of turn B."""

    neighbours: tuple[Neighbours, ...]
    trims_us: Mapping[str, int]
    turns: Mapping[str, Turn | None]
    gap_us: int
    present: Figure
    """With the trims that the speakers have."""
    untrimmed: Figure
    planned: Figure
    in_turns: Figure
    """With the planned trims, where the loudest horn's turn speaks alone."""


def echo_plan(horns: Sequence[Horn], present: Mapping[str, int], celsius: float = WARM) -> EchoPlan:
    """The plan for these horns (one at least); `present`: the trims that they have, us."""
    near, turns = _turns(horns, celsius)
    hearing = listen(horns, celsius)
    trims = best_trims(hearing, len(horns))
    alone = _in_turn(hearing, np.array([turns[horn.id] == "B" for horn in horns]))
    return EchoPlan(
        near, {horn.id: int(trim) for horn, trim in zip(horns, trims, strict=True)}, turns,
        _gap(trims, celsius) if "B" in turns.values() else 0,
        present=measure(hearing, np.array([present[horn.id] for horn in horns])),
        untrimmed=measure(hearing, np.zeros_like(trims)), planned=measure(hearing, trims),
        in_turns=measure(alone, trims),
    )  # fmt: skip


def _turns(horns: Sequence[Horn], celsius: float) -> tuple[tuple[Neighbours, ...], dict[str, Turn | None]]:
    """Who is near whom, and the turn of each speaker: that of its pole."""
    standing = poles(horns)
    names = [tuple(horns[place].id for place in together) for together in standing]
    pairs = neighbouring(stands([horns[together[0]] for together in standing]))
    turns = interleave(len(standing), pairs)
    near = tuple(_neighbours(pair, names, turns, celsius) for pair in pairs)
    return near, {name: turn for together, turn in zip(names, turns, strict=True) for name in together}


def _in_turn(hearing: Hearing, second: NDArray[np.bool_]) -> Hearing:
    """What is left of it while the turn of the loudest horn at each place speaks."""
    turn = second[hearing.horn]
    counts = hearing.counts & (turn == turn[:, :1])
    share = np.where(counts, hearing.share, 0.0)
    return replace(hearing, counts=counts, share=share / share.sum(axis=1, keepdims=True))


def _neighbours(
    pair: Pair, names: Sequence[tuple[str, ...]], turns: Sequence[Turn | None], celsius: float
) -> Neighbours:
    travel = round(pair.metres / speed_of_sound(celsius) * 1e6)
    return Neighbours(names[pair.a], names[pair.b], round(pair.metres, 1), travel, turns[pair.a] == turns[pair.b])


def _gap(trims: Micros, celsius: float) -> int:
    """Until the latest horn's last word has passed the end of earshot and the earliest may begin, us."""
    longest = round(EARSHOT / speed_of_sound(celsius) * 1e6) + int(trims.max() - trims.min())
    return -(-longest // TENTH) * TENTH
