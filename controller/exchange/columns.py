"""Which column of a spreadsheet says what: headings in Vietnamese or English, in any order."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from controller.errors import SpreadsheetRefused
from controller.sheets.sheet import Cell, Kind
from scheduler.recurrence.folding import folded

NEEDED = frozenset({"title", "days", "times"})
WIDTHS = {"title": 30, "bulletin": 30, "areas": 44, "days": 28, "times": 16, "owner": 30}
KINDS: Mapping[str, Kind] = {
    "first": "day", "last": "day", "volume": "number", "gain": "number", "repeats": "number", "gap": "number",
    "late": "number",
}  # fmt: skip
LOOKED_AT = 10
"""Rows that may stand above the headings: a name of the office, an empty line."""


@cache
def headings() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Field to its headings in each language, in the order in which columns are written."""
    return tomllib.loads(files("controller.exchange").joinpath("columns.toml").read_text("utf-8"))


def heading(name: str, language: str) -> str:
    return headings()[name][language][0]


def find_headings(rows: Sequence[tuple[int, Sequence[Cell]]]) -> tuple[int, Mapping[str, int], list[str]]:
    """How many rows end with the headings, field to column, and headings that nobody knows.

    SpreadsheetRefused where the needed ones are not there, or one stands twice.
    """
    for number, (_, row) in enumerate(rows[:LOOKED_AT], 1):
        named = [_fields().get(folded(cell)) if isinstance(cell, str) else None for cell in row]
        if set(named) >= NEEDED:
            found = [name for name in named if name]
            if len(found) != len(set(found)):
                raise SpreadsheetRefused(why="heading_twice")
            strange = [str(cell) for cell, name in zip(row, named, strict=True) if cell is not None and name is None]
            return number, {name: column for column, name in enumerate(named) if name}, strange
    raise SpreadsheetRefused(why="no_headings")


@cache
def _fields() -> Mapping[str, str]:
    return {
        folded(one): name for name, said in headings().items() for language in ("vi", "en") for one in said[language]
    }
