"""A spreadsheet of new speakers, line by line: what each is, or all that is wrong with it. Pure."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from controller.exchange import cells
from controller.exchange.directory import Directory
from controller.exchange.faults import CellRefused, Fault
from controller.sheets.sheet import Cell
from controller.sheets.table import Row, read_table
from devices.errors import PublicKeyInvalid
from devices.registry import read_public_key
from scheduler.recurrence.folding import folded

READ = ("name", "area", "latitude", "longitude", "bearing", "public_key")
NEEDED = {"name"}
MOST_LINES, LONGEST_NAME = 1_000, 200


@dataclass(frozen=True)
class Boxed:
    """A speaker of the crate; with its public key it is registered, without one it gets a code."""

    name: str
    area: str
    latitude: float | None = None
    longitude: float | None = None
    bearing: float | None = None
    public_key: str | None = None


@dataclass(frozen=True)
class CrateLine:
    number: int
    title: str
    wish: Boxed | None
    faults: Sequence[Fault] = ()


@dataclass(frozen=True)
class Crate:
    lines: Sequence[CrateLine]
    warnings: Sequence[tuple[str, str]] = ()


@cache
def headings() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return tomllib.loads(files("controller.enrolment").joinpath("crate.toml").read_text("utf-8"))


def read_crate(content: bytes, names: Directory, area: str | None) -> Crate:
    """XLSX or CSV; `area`: where a line names none. SpreadsheetRefused."""
    known = {folded(one): name for name in READ for said in headings()[name].values() for one in said}
    table = read_table(content, known, NEEDED, MOST_LINES)
    lines, seen = [], dict[tuple[str, str], int]()
    for number, row in table.rows:
        line = _line(number, row, names, area)
        lines.append(_each_once(line, seen))
    return Crate(lines, table.warnings)


@dataclass
class _Reader:
    """Takes the cells of one row, and notes what is wrong with them."""

    row: Row
    faults: list[Fault] = field(default_factory=list)

    def taken(self, name: str, way: Callable[[Cell], Any], default: Any = None) -> Any:
        if name not in self.row:
            return default
        try:
            return way(self.row[name])
        except CellRefused as error:
            self.faults.append(Fault(name, error.why, error.data))
        except PublicKeyInvalid as error:
            self.faults.append(Fault(name, error.code))
        return default

    def miss(self, name: str, code: str = "missing") -> None:
        self.faults.append(Fault(name, code))


def _line(number: int, row: Row, names: Directory, area: str | None) -> CrateLine:
    reader = _Reader(row)
    for name, usual in (("name", None), ("area", area)):
        if name not in row and usual is None:
            reader.miss(name)
    wish = Boxed(
        reader.taken("name", _name, ""), reader.taken("area", lambda cell: names.find("area", str(cell)), area) or "",
        reader.taken("latitude", lambda cell: _within(cell, -90, 90)),
        reader.taken("longitude", lambda cell: _within(cell, -180, 180)),
        reader.taken("bearing", lambda cell: _within(cell, 0, 360)),
        reader.taken("public_key", lambda cell: read_public_key(str(cell))),
    )  # fmt: skip
    if ("latitude" in row) != ("longitude" in row):
        reader.miss("latitude", "half_a_place")
    return CrateLine(number, str(row.get("name", ""))[:LONGEST_NAME], None if reader.faults else wish, reader.faults)


def _each_once(line: CrateLine, seen: dict[tuple[str, str], int]) -> CrateLine:
    """A name, and a key, stands for one speaker of the file."""
    if line.wish is None:
        return line
    for column, key in (("name", (line.wish.area, folded(line.wish.name))), ("public_key", ("", line.wish.public_key))):
        if key[1] is None:
            continue
        first = seen.setdefault((key[0], key[1]), line.number)
        if first != line.number:
            return CrateLine(line.number, line.title, None, [Fault(column, "twice_in_file", {"line": first})])
    return line


def _name(cell: Cell) -> str:
    said = cells.read_text(cell)
    if len(said) > LONGEST_NAME or not said.isprintable():
        raise CellRefused("no_name", said)
    return said


def _within(cell: Cell, low: float, high: float) -> float:
    number = cells.read_number(cell)
    if not low <= number <= high:
        raise CellRefused("beyond", cell)
    return number
