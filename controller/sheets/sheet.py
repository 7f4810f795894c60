"""A table before it is a file: headings, kinds of columns, and rows of plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

Cell = str | int | float | date | datetime | time | None
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
