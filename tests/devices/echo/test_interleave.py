"""Who speaks in which turn: chains, rings, squares, and what cannot be parted."""

from collections import Counter
from itertools import combinations, product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from devices.echo.geometry import stands
from devices.echo.interleave import Turn, interleave
from devices.echo.neighbours import Pair, neighbouring
from tests.devices.echo.streets import grid, street


def ring(count: int, metres: float = 100.0) -> list[Pair]:
    links = [Pair(place, place + 1, metres) for place in range(count - 1)]
    return [*links, Pair(0, count - 1, metres)]


def together(turns: list[Turn | None], pairs: list[Pair]) -> list[Pair]:
    return [pair for pair in pairs if turns[pair.a] == turns[pair.b]]


def test_a_street_alternates_and_begins_with_a() -> None:
    assert interleave(5, neighbouring(stands(street(5, 100)))) == ["A", "B", "A", "B", "A"]


def test_a_ring_of_four_alternates_and_one_of_three_keeps_its_farthest_pair() -> None:
    assert together(interleave(4, ring(4)), ring(4)) == []
    three = [Pair(0, 1, 200.0), Pair(0, 2, 150.0), Pair(1, 2, 100.0)]
    assert together(interleave(3, three), three) == [three[0]]
    assert len(together(interleave(7, ring(7)), ring(7))) == 1


def test_a_grid_is_a_chessboard() -> None:
    pairs = neighbouring(stands(grid(6, 7, 150)))
    turns = interleave(42, pairs)
    assert all((turns[place] == "A") == ((place // 7 + place % 7) % 2 == 0) for place in range(42))


def test_who_has_no_neighbour_needs_no_turn() -> None:
    assert interleave(3, [Pair(1, 2, 50.0)]) == [None, "A", "B"]


@st.composite
def neighbourhoods(draw: st.DrawFn) -> tuple[int, list[Pair]]:
    poles = draw(st.integers(2, 8))
    links = draw(st.sets(st.sampled_from(list(combinations(range(poles), 2)))))
    return poles, [Pair(a, b, draw(st.sampled_from([50.0, 100.0, 300.0]))) for a, b in sorted(links)]


def fewest(poles: int, pairs: list[Pair]) -> int:
    """By looking at everything."""
    return min(sum(sides[pair.a] == sides[pair.b] for pair in pairs) for sides in product((0, 1), repeat=poles))


@given(neighbourhoods())
@settings(deadline=None)
def test_what_can_be_parted_is_parted_and_never_more_than_half_stays(found: tuple[int, list[Pair]]) -> None:
    poles, pairs = found
    turns = interleave(poles, pairs)
    left = len(together(turns, pairs))
    assert left <= len(pairs) / 2 and (left == 0 or fewest(poles, pairs) > 0)
    for pole in {pole for pair in pairs for pole in (pair.a, pair.b)}:
        other = [("B" if turn == "A" else "A") if place == pole else turn for place, turn in enumerate(turns)]
        assert len(together(other, pairs)) >= left


def test_hardly_ever_are_more_left_together_than_must_be() -> None:
    """Nothing quick is always right; chance once found seven poles with five pairs together where two must be."""
    dice, more = Random(1), Counter[int]()
    for _ in range(1_000):
        poles, share = dice.randint(5, 8), dice.random()
        near = [(a, b) for a, b in combinations(range(poles), 2) if dice.random() < share]
        pairs = [Pair(a, b, dice.choice([50.0, 100.0, 300.0])) for a, b in near]
        more[len(together(interleave(poles, pairs), pairs)) - fewest(poles, pairs)] += 1
    assert more[0] > 970 and max(more) <= 2, more
