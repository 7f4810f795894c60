"""A file as a table whose columns are known by their headings: which column says what, line by line."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from controller.errors.programmes import SpreadsheetRefused
from controller.sheets.csv_reading import read_csv
from controller.sheets.parcel import check_not_old, is_zip
from controller.sheets.sheet import MOST_ROWS, Cell
from controller.sheets.workbook import read_xlsx
from scheduler.recurrence.folding import folded

LOOKED_AT = 10
"""Rows that may stand above the headings: a name of the office, an empty line."""
Row = Mapping[str, Cell]
"""Field to cell; what is empty is not in it."""


@dataclass(frozen=True)
class Table:
    """Rows with their line numbers; warnings as codes, each with what it is about."""

    rows: Sequence[tuple[int, Row]]
    warnings: Sequence[tuple[str, str]]


def read_table(content: bytes, fields: Mapping[str, str], needed: Collection[str], most: int = MOST_ROWS) -> Table:
    """XLSX or CSV, whatever it is called. `fields`: folded heading to field. SpreadsheetRefused."""
    check_not_old(content)
    read = read_xlsx(content) if is_zip(content) else read_csv(content)
    above, columns, strange = find_headings(read.rows, fields, needed)
    rows = [(number, row) for number, row in read.rows[above:] if any(cell is not None for cell in row)]
    if len(rows) > most or len(read.rows) > MOST_ROWS + above:
        raise SpreadsheetRefused(why="too_long", most_rows=most)
    warnings = [*((code, "") for code in read.warnings), *(("column_ignored", name[:80]) for name in strange)]
    return Table([(number, _named(row, columns)) for number, row in rows], warnings)


def find_headings(
    rows: Sequence[tuple[int, Sequence[Cell]]], fields: Mapping[str, str], needed: Collection[str]
) -> tuple[int, Mapping[str, int], list[str]]:
    """How many rows end with the headings, field to column, and headings that nobody knows.

    SpreadsheetRefused where the needed ones are not there, or one stands twice.
    """
    for number, (_, row) in enumerate(rows[:LOOKED_AT], 1):
        named = [fields.get(folded(cell)) if isinstance(cell, str) else None for cell in row]
        if set(named) >= set(needed):
            found = [name for name in named if name]
            if len(found) != len(set(found)):
                raise SpreadsheetRefused(why="heading_twice")
            strange = [str(cell) for cell, name in zip(row, named, strict=True) if cell is not None and name is None]
            return number, {name: column for column, name in enumerate(named) if name}, strange
    raise SpreadsheetRefused(why="no_headings")


def _named(row: Sequence[Cell], columns: Mapping[str, int]) -> Row:
    return {name: row[at] for name, at in columns.items() if at < len(row) and row[at] is not None}
