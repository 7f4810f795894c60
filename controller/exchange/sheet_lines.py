"""The rows of a file as lines of an import: each a programme, or all that is wrong with it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from controller.errors import SpreadsheetRefused
from controller.exchange.columns import KINDS, WIDTHS, find_headings, heading, headings
from controller.exchange.directory import Directory
from controller.exchange.faults import Fault
from controller.exchange.rows import Setting, programme_of
from controller.exchange.written import row_of
from controller.sheets.csv_reading import read_csv
from controller.sheets.parcel import check_not_old, is_zip
from controller.sheets.sheet import MOST_ROWS, Column, Sheet
from controller.sheets.workbook import read_xlsx
from scheduler.programmes.programme import Programme
from scheduler.recurrence.words import Language

SHEET_NAMES = {"vi": "Chương trình", "en": "Programmes"}


@dataclass(frozen=True)
class Line:
    """`number` is the row of the spreadsheet, or the number of the event in the calendar."""

    number: int
    title: str
    wish: Programme | None
    faults: Sequence[Fault] = ()


@dataclass(frozen=True)
class Reading:
    lines: Sequence[Line]
    warnings: Sequence[tuple[str, str]] = ()
    """Codes, each with what it is about."""


def read_sheet(content: bytes, setting: Setting) -> Reading:
    """XLSX or CSV, whatever it is called. SpreadsheetRefused."""
    check_not_old(content)
    read = read_xlsx(content) if is_zip(content) else read_csv(content)
    above, columns, strange = find_headings(read.rows)
    rows = [(number, row) for number, row in read.rows[above:] if any(cell is not None for cell in row)]
    if len(rows) > MOST_ROWS or len(read.rows) > MOST_ROWS + above:
        raise SpreadsheetRefused(why="too_long", most_rows=MOST_ROWS)
    lines = []
    for number, row in rows:
        cells = {name: row[at] for name, at in columns.items() if at < len(row) and row[at] is not None}
        lines.append(_line(number, str(cells.get("title", "")), programme_of(cells, setting)))
    warnings = [*((code, "") for code in read.warnings), *(("column_ignored", name[:80]) for name in strange)]
    return Reading(lines, warnings)


def sheet_of(programmes: Sequence[Programme], names: Directory, language: Language) -> Sheet:
    """The table that `read_sheet` reads back as these programmes."""
    fields = list(headings())
    columns = [Column(heading(name, language), KINDS.get(name, "text"), WIDTHS.get(name, 14)) for name in fields]
    rows = [row_of(programme, names, language) for programme in programmes]
    return Sheet(SHEET_NAMES[language], columns, [[row.get(name) for name in fields] for row in rows])


def _line(number: int, title: str, found: Programme | list[Fault]) -> Line:
    if isinstance(found, Programme):
        return Line(number, found.title, found)
    return Line(number, title[:200], None, found)
