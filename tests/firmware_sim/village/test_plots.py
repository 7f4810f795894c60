"""Plots as SVG: where things stand, and that words cannot break out."""

import xml.etree.ElementTree as ET
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from devices.protocol.units import DAY, HOUR
from firmware_sim.village import plots
from firmware_sim.village.plots import Bar, TimeAxis
from firmware_sim.village.svg import WIDTH

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")))
AXIS = TimeAxis(10 * HOUR, 8 * HOUR)


def drawn(svg: str) -> ET.Element:
    """It is well-formed, and says what it is."""
    root = ET.fromstring(svg)  # noqa: S314 - our own
    described = (root.findtext("title"), root.findtext("desc"))
    assert root.tag == "svg" and all(described)
    assert [one.get("id") for one in root[:2]] == (root.get("aria-labelledby") or "").split()
    return root


def words(root: ET.Element) -> list[str]:
    return [one.text or "" for one in root.iter("text")]


def numbers(root: ET.Element, tag: str, name: str) -> list[float]:
    return [float(one.get(name, "nan")) for one in root.iter(tag)]


@given(st.floats(0.01, 1e9))
def test_ticks_are_few_round_and_within(most: float) -> None:
    told = plots.ticks(most)
    assert told[0] == 0 and 2 <= len(told) <= 7 and told[-1] <= most * (1 + 1e-6)
    step = f"{told[1]:e}"
    assert step[0] in "125" and set(step[1 : step.index("e")]) <= {".", "0"}


def test_bars_are_as_long_as_their_counts_and_none_vanishes() -> None:
    root = drawn(plots.bars("Ends", "a, b, c", {"a": 1_000, "b": 500, "c": 1, "d": 0}, "deliveries", {"a": "#123456"}))
    a, b, c, d = numbers(root, "rect", "width")
    assert (round(a / b), c, d) == (2, plots.SHORTEST, 0) and c / a > 0.001
    assert [one.get("fill") for one in root.iter("rect")][:2] == ["#123456", plots.PLAIN]
    assert {"a", "1,000", "deliveries"} <= set(words(root))


@given(st.dictionaries(WORDS, st.integers(0, 10**6), min_size=1, max_size=5))
def test_words_of_any_kind_stay_words(counts: dict[str, int]) -> None:
    root = drawn(plots.bars("Ends <&>", '"<script>"', counts, "<deliveries>", {}))
    assert set(counts) <= set(words(root)) and root.findtext("desc") == '"<script>"'


@given(st.lists(st.tuples(st.integers(0, 10 * HOUR), st.floats(0, 1e5)), min_size=1, max_size=30))
def test_points_lie_in_time_order_inside_and_greater_ones_higher(values: list[tuple[int, float]]) -> None:
    root = drawn(plots.points("Skew", "some", sorted(values), "ms", AXIS))
    xs, ys = numbers(root, "circle", "cx"), numbers(root, "circle", "cy")
    assert xs == sorted(xs) and all(plots.LEFT <= x <= WIDTH - plots.RIGHT for x in xs)
    assert all(plots.TOP <= y <= plots.TOP + plots.POINTS_HIGH for y in ys)
    by_value = [y for _, y in sorted(zip((value for _, value in sorted(values)), ys, strict=True))]
    assert all(later <= sooner + 0.11 for sooner, later in pairwise(by_value))


def test_a_logarithmic_axis_names_its_decades() -> None:
    root = drawn(plots.points("Skew", "some", [(0, 2.0), (HOUR, 120.0)], "p99, ms", AXIS))
    assert {"1", "10", "100", "1000", "p99, ms", "hours after the beginning"} <= set(words(root))


def test_lanes_hold_what_lies_in_them_and_a_moment_can_be_seen() -> None:
    rows = {"radio": ("#111111", [Bar(0, 5 * HOUR, 1.0), Bar(10 * HOUR, 10 * HOUR, 0.25)]), "power": ("#222222", [])}
    root = drawn(plots.lanes("Times", "two lanes", rows, AXIS))
    assert numbers(root, "rect", "width") == [(WIDTH - plots.LEFT - plots.RIGHT) / 2, plots.SHORTEST]
    assert max(x + plots.SHORTEST for x in numbers(root, "rect", "x")) <= WIDTH - plots.RIGHT
    assert [one.get("fill-opacity") for one in root.iter("rect")] == ["1", "0.2"]
    assert {"radio", "power"} <= set(words(root))


def test_a_long_story_is_told_in_days() -> None:
    assert (TimeAxis(7 * DAY, DAY).title, TimeAxis(DAY, DAY).title) == (
        "days after the beginning", "hours after the beginning",
    )  # fmt: skip
    assert AXIS.x(0) == plots.LEFT and AXIS.x(99 * HOUR) == WIDTH - plots.RIGHT
