"""The rows of a file as lines of an import: each a programme, or all that is wrong with it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from controller.exchange.columns import KINDS, NEEDED, WIDTHS, fields, heading, headings
from controller.exchange.directory import Directory
from controller.exchange.faults import Fault
from controller.exchange.rows import Setting, programme_of
from controller.exchange.written import row_of
from controller.sheets.sheet import Column, Sheet
from controller.sheets.table import read_table
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
    table = read_table(content, fields(), NEEDED)
    lines = [_line(number, str(row.get("title", "")), programme_of(row, setting)) for number, row in table.rows]
    return Reading(lines, table.warnings)


def sheet_of(programmes: Sequence[Programme], names: Directory, language: Language) -> Sheet:
    """The table that `read_sheet` reads back as these programmes."""
    known = list(headings())
    columns = [Column(heading(name, language), KINDS.get(name, "text"), WIDTHS.get(name, 14)) for name in known]
    rows = [row_of(programme, names, language) for programme in programmes]
    return Sheet(SHEET_NAMES[language], columns, [[row.get(name) for name in known] for row in rows])


def _line(number: int, title: str, found: Programme | list[Fault]) -> Line:
    if isinstance(found, Programme):
        return Line(number, found.title, found)
    return Line(number, title[:200], None, found)
