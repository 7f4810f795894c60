"""A table as CSV (RFC 4180) in UTF-8, with the mark by which spreadsheets know it."""

import csv
from codecs import BOM_UTF8
from datetime import date, datetime
from io import StringIO
from typing import Literal

from controller.sheets.guard import guarded, printable
from controller.sheets.sheet import Cell, Kind, Sheet

Separator = Literal[",", ";"]
MEDIA_TYPE = "text/csv; charset=utf-8"


def csv_bytes(sheet: Sheet, separator: Separator = ",") -> bytes:
    """The file. Where `;` separates, decimals have a comma, as spreadsheets in Vietnamese expect; shares are in %."""
    said = StringIO()
    writer = csv.writer(said, delimiter=separator, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow([guarded(column.heading) for column in sheet.columns])
    kinds = [column.kind for column in sheet.columns]
    for row in sheet.rows:
        writer.writerow([_said(cell, kind, separator) for cell, kind in zip(row, kinds, strict=True)])
    return BOM_UTF8 + said.getvalue().encode("utf-8")


def _said(cell: Cell, kind: Kind, separator: Separator) -> str:
    match cell:
        case None:
            return ""
        case str():
            return guarded(printable(cell))
        case datetime():
            return cell.isoformat(sep=" ", timespec="seconds")
        case date():
            return cell.isoformat()[:7] if kind == "month" else cell.isoformat()
        case int() | float():
            return _number(cell, kind).replace(".", "," if separator == ";" else ".")
        case _:
            return cell.isoformat(timespec="minutes" if not cell.second else "seconds")


def _number(cell: float, kind: Kind) -> str:
    return f"{cell * 100:.1f}" if kind == "share" else f"{cell}"
