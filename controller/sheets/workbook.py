"""The one door to openpyxl: tables to an XLSX file."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from controller.sheets.guard import is_dangerous, printable
from controller.sheets.sheet import Cell, Column, Kind, Sheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMATS: dict[Kind, str] = {
    "text": "General", "number": "0", "share": "0.0%", "day": "yyyy-mm-dd", "month": "yyyy-mm",
    "moment": "yyyy-mm-dd hh:mm:ss",
}  # fmt: skip
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
