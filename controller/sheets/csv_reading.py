"""Rows of a CSV file from whatever program: its letters and its separator are found out."""

import csv
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from io import StringIO
from itertools import islice
from unicodedata import normalize

from controller.errors.programmes import SpreadsheetRefused
from controller.sheets.guard import unguarded
from controller.sheets.sheet import MOST_COLUMNS, MOST_ROWS, Cell, Read

_SEPARATORS = ",;\t|"
_SAMPLE_LINES, _TABLE = 10, 3


def read_csv(content: bytes) -> Read:
    """All rows with their line numbers. SpreadsheetRefused."""
    text, warnings = _decoded(content)
    if "\x00" in text:
        raise SpreadsheetRefused(why="no_table")
    try:
        return Read(_rows(*_separator(text)), warnings)
    except csv.Error as error:
        raise SpreadsheetRefused(why="broken") from error


def _rows(separator: str, text: str) -> list[tuple[int, Sequence[Cell]]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    return [
        (reader.line_num, [unguarded(cell).strip() or None for cell in row[:MOST_COLUMNS]])
        for row in islice(reader, MOST_ROWS + 2)
    ]


def _decoded(content: bytes) -> tuple[str, list[str]]:
    """The text, and a warning where its letters were guessed."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return _strict(content, "utf-16"), []
    try:
        return content.removeprefix(BOM_UTF8).decode("utf-8"), []
    except UnicodeDecodeError:
        return normalize("NFC", _strict(content, "cp1258")), ["letters_guessed"]


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise SpreadsheetRefused(why="letters_unknown") from error


def _separator(text: str) -> tuple[str, str]:
    """What separates cells: as the first line says (`sep=;`), or what parts most lines alike."""
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5 and first[4] in _SEPARATORS:
        return first[4], "\n" + rest
    sample = [line for line in islice(StringIO(text), _SAMPLE_LINES) if line.strip()]
    return max(_SEPARATORS, key=lambda one: _columns(sample, one)), text


def _columns(sample: list[str], separator: str) -> tuple[int, int]:
    """How many lines have as many columns as a table has, and how many those are: programs fill all lines up."""
    widths = [len(row) for row in csv.reader(sample, delimiter=separator)]
    alike = ((widths.count(width), width) for width in widths if width >= _TABLE)
    return max(alike, default=(0, max(widths, default=0)))
