"""A table before it is a file: headings, kinds of columns, and rows of plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

Cell = str | int | float | date | datetime | time | None
MOST_ROWS, MOST_COLUMNS = 5_000, 60
"""Of a table that is read, beside its headings."""
Kind = Literal["text", "number", "share", "day", "month", "moment"]
"""`share`: 0 to 1; `month`: its first day; `moment`: a wall time without zone."""


@dataclass(frozen=True)
class Column:
    heading: str
    kind: Kind = "text"
    width: int = 12
    """Letters."""


@dataclass(frozen=True)
class Sheet:
    """`rows` have a cell for each column."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Read:
    """Rows as they stand in a file, each with its line; words without spaces around them, None for nothing."""

    rows: Sequence[tuple[int, Sequence[Cell]]]
    warnings: Sequence[str] = ()
    """Codes."""
