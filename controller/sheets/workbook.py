"""The one door to openpyxl: tables to an XLSX file, and the first sheet of one back."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from controller.errors.programmes import SpreadsheetRefused
from controller.sheets.guard import is_dangerous, printable
from controller.sheets.parcel import check_parcel
from controller.sheets.sheet import MOST_COLUMNS, MOST_ROWS, Cell, Column, Kind, Read, Sheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMATS: dict[Kind, str] = {
    "text": "General", "number": "0", "share": "0.0%", "day": "yyyy-mm-dd", "month": "yyyy-mm",
    "moment": "yyyy-mm-dd hh:mm:ss",
}  # fmt: skip
_BROKEN = (ParseError, KeyError, ValueError, TypeError, IndexError, AttributeError, OSError, EOFError, OverflowError)
"""What openpyxl raises where a file is not what it says."""
_DAY = timedelta(days=1)
_MIDNIGHT = datetime(1900, 1, 1)  # noqa: DTZ001 of a wall time
_BOLD = Font(bold=True)
LONGEST_NAME = 31
"""Letters of a sheet's name."""


def xlsx_bytes(sheets: Iterable[Sheet]) -> bytes:
    """The file: a sheet for each table, its headings bold and always in sight."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        _add(book, sheet)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def read_xlsx(content: bytes) -> Read:
    """The rows of the first sheet: what formulas gave last, links and pictures left out. SpreadsheetRefused."""
    check_parcel(content)
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        page = book.worksheets[0]
        found = page.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True)
        return Read([(line, _cells(row)) for line, row in enumerate(found, 1)])
    except _BROKEN as error:
        raise SpreadsheetRefused(why="broken") from error


def _cells(row: Sequence[object]) -> list[Cell]:
    cells = [_plain(value) for value in row]
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _plain(value: object) -> Cell:
    match value:
        case str():
            return value.strip() or None
        case timedelta():
            return (_MIDNIGHT + value).time() if timedelta() <= value < _DAY else str(value)
        case bool():
            return str(value).lower()
        case int() | float() | date() | time():
            return value
        case _:
            return None


def _add(book: Workbook, sheet: Sheet) -> None:
    page: Any = book.create_sheet(sheet.name[:LONGEST_NAME])
    page.freeze_panes = "A2"
    for number, column in enumerate(sheet.columns, 1):
        page.column_dimensions[get_column_letter(number)].width = column.width
    page.append([_heading(page, column) for column in sheet.columns])
    for row in sheet.rows:
        page.append(_row(page, row, sheet.columns))


def _heading(page: Any, column: Column) -> Any:
    cell = _text(page, column.heading)
    cell.font = _BOLD
    return cell


def _row(page: Any, row: Sequence[Cell], columns: Sequence[Column]) -> list[Any]:
    return [_cell(page, value, column.kind) for value, column in zip(row, columns, strict=True)]


def _cell(page: Any, value: Cell, kind: Kind) -> Any:
    if value is None or (isinstance(value, int | float) and kind == "number"):
        return value
    if isinstance(value, str):
        return _text(page, value)
    cell: Any = WriteOnlyCell(page, value)  # type: ignore[arg-type]
    cell.number_format = _FORMATS[kind] if kind != "text" else cell.number_format
    return cell


def _text(page: Any, text: str) -> Any:
    """A text whatever it begins with; the mark keeps it one when it is edited."""
    cell: Any = WriteOnlyCell(page, printable(text))
    if is_dangerous(text):
        cell.data_type, cell.quotePrefix = "s", True
    return cell
