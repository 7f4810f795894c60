"""Plots as inline SVG: bars, points over time, lanes over time. Knows numbers and words, no rehearsal."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from devices.protocol.units import DAY, HOUR
from firmware_sim.village.svg import WIDTH, box, dot, line, number, picture, words

LEFT, RIGHT, TOP, BOTTOM = 130, 16, 8, 40
"""Margins around what is plotted, units."""
ROW = 22
POINTS_HIGH = 190
PALE, PLAIN = "#ddd", "#3b6ea5"
SHORTEST = 2.0
"""Whatever happened can be seen, however short it was; units."""
DAYS_FROM = 3 * DAY
"""A longer story is told in days, a shorter one in hours, us."""
STEPS = (1, 2, 5, 10)
LEAST = 0.1
"""A smaller value stands at this place of a logarithmic axis."""


@dataclass(frozen=True)
class TimeAxis:
    """From the beginning to `end` (us) across a plot; `mended` (us) is marked."""

    end: int
    mended: int

    @property
    def unit(self) -> int:
        return DAY if self.end >= DAYS_FROM else HOUR

    @property
    def title(self) -> str:
        return f"{'days' if self.unit == DAY else 'hours'} after the beginning"

    def x(self, at: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * min(max(at / self.end, 0), 1)

    def drawn(self, height: int) -> str:
        """Ticks with numbers, the moment of mending, and the title, below a plot of that height."""
        steps = ((self.x(int(step * self.unit)), f"{step:g}") for step in ticks(self.end / self.unit))
        mended = self.x(self.mended)
        dashes = line(mended, TOP, mended, TOP + height, stroke_dasharray="3 3", stroke="#888")
        return _across(steps, height) + dashes + _title_below(self.title, height)


@dataclass(frozen=True)
class Bar:
    """A stretch in a lane, us; equal ends: a moment. `strength` 0 to 1 is how dark it is."""

    begin: int
    end: int
    strength: float


def bars(name: str, described: str, counts: Mapping[str, int], unit: str, colours: Mapping[str, str]) -> str:
    """A bar for each name, its count behind it. `name` is the plot's own in the page; `counts` must not be empty."""
    height, most = ROW * len(counts), max(1, *counts.values())
    scale = (WIDTH - LEFT - RIGHT - 44) / most
    steps = ((LEFT + step * scale, f"{step:,.0f}") for step in ticks(most) if step == int(step))
    marks = [_across(steps, height)]
    for row, (word, count) in enumerate(counts.items()):
        length = max(count * scale, SHORTEST if count else 0)
        marks.append(_row_name(row, word))
        marks.append(_box(LEFT, row, length, fill=colours.get(word, PLAIN)))
        marks.append(words(LEFT + length + 4, _middle(row), f"{count:,}"))
    return _picture(name, described, height, [*marks, _title_below(unit, height)])


def points(name: str, described: str, values: Sequence[tuple[int, float]], unit: str, axis: TimeAxis) -> str:
    """(us, value) over time; the values' axis is logarithmic and named `unit`. `values` must not be empty."""
    low, high = _decades([value for _, value in values])

    def y(value: float) -> float:
        return TOP + POINTS_HIGH * (high - math.log10(max(value, LEAST))) / (high - low)

    marks = [axis.drawn(POINTS_HIGH)]
    for decade in range(low, high + 1):
        marks.append(line(LEFT, y(10**decade), WIDTH - RIGHT, y(10**decade), stroke=PALE))
        marks.append(words(LEFT - 6, y(10**decade), f"{10**decade:g}", text_anchor="end"))
    marks.append(words(12, TOP + POINTS_HIGH / 2, unit, **_UPRIGHT))
    marks += [dot(axis.x(at), y(value), fill=PLAIN, fill_opacity=0.6) for at, value in values]
    return _picture(name, described, POINTS_HIGH, marks)


def lanes(name: str, described: str, rows: Mapping[str, tuple[str, Iterable[Bar]]], axis: TimeAxis) -> str:
    """One lane for each name, in its colour, with what lies in it."""
    height = ROW * len(rows)
    marks = [axis.drawn(height)]
    for row, (word, (colour, stretches)) in enumerate(rows.items()):
        marks.append(_row_name(row, word))
        marks.append(line(LEFT, TOP + ROW * (row + 1), WIDTH - RIGHT, TOP + ROW * (row + 1), stroke=PALE))
        marks += [_stretch(row, one, colour, axis) for one in stretches]
    return _picture(name, described, height, marks)


def ticks(most: float, about: int = 5) -> list[float]:
    """Round numbers from 0 to `most` at most, about so many."""
    wanted = most / about
    magnitude = 10.0 ** math.floor(math.log10(wanted))
    step = next(step * magnitude for step in STEPS if step * magnitude >= wanted * 0.999)
    return [step * count for count in range(int(most / step + 1e-9) + 1)]


_UPRIGHT: dict[str, object] = {"text_anchor": "middle", "transform": f"rotate(-90 12 {TOP + POINTS_HIGH / 2:g})"}


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """Exponents of ten below and above all of them."""
    low = math.floor(math.log10(max(min(values), LEAST)))
    return low, max(low + 1, math.ceil(math.log10(max(*values, LEAST))))


def _stretch(row: int, one: Bar, colour: str, axis: TimeAxis) -> str:
    begin = axis.x(one.begin)
    length = max(axis.x(one.end) - begin, SHORTEST)
    return _box(min(begin, WIDTH - RIGHT - length), row, length, fill=colour, fill_opacity=number(one.strength))


def _across(steps: Iterable[tuple[float, str]], height: int) -> str:
    """Lines from top to bottom, numbers below."""
    return "".join(
        line(x, TOP, x, TOP + height, stroke=PALE) + words(x, TOP + height + 12, said, text_anchor="middle")
        for x, said in steps
    )


def _title_below(said: str, height: int) -> str:
    return words((LEFT + WIDTH - RIGHT) / 2, TOP + height + 30, said, text_anchor="middle")


def _row_name(row: int, said: str) -> str:
    return words(LEFT - 6, _middle(row), said, text_anchor="end")


def _middle(row: int) -> float:
    return TOP + ROW * (row + 0.5)


def _box(x: float, row: int, length: float, **looks: object) -> str:
    return box(x, TOP + ROW * row + 3, length, ROW - 6, **looks)


def _picture(name: str, described: str, height: int, marks: Iterable[str]) -> str:
    return picture(name, described, TOP + height + BOTTOM, "".join(marks))
