"""Does an exported file of audit lines hold? For third parties: reads nothing but the file."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import starmap
from typing import Any

from controller.people.anchors import read_anchor
from controller.people.chain import Line
from controller.people.export import FORM, NAMES
from controller.people.verifying import Fault, Unreadable, Verifier
from devices.protocol.keys import VerifyKey


@dataclass
class Checked:
    """What was found in a file. `whole`: it says that it has every line, so that missing ones were looked for."""

    whole: bool = False
    lines: int = 0
    signed: bool = False
    """Its end is signed by a key that we know."""
    faults: list[Fault] = field(default_factory=list)


def check_export(text: Iterable[str], keys: Collection[VerifyKey]) -> Checked:
    """Read a file of JSON lines to its end."""
    found, rows = Checked(), map(_read, text)
    first, end = next(rows, None), None
    if not isinstance(first, dict) or first.get("form") != FORM:
        return Checked(faults=[Fault("unreadable", 0)])
    found.whole = first.get("lines") == "all"
    verifier = Verifier(gaps=not found.whole)
    for row in rows:
        if isinstance(row, dict) and set(row) == {"end"} and end is None:
            end = row["end"]
            continue
        found.lines += 1
        line = Unreadable(verifier.seq + 1) if end is not None else _line(row, verifier.seq + 1)
        found.faults += verifier.take(line, row["previous"] if isinstance(line, Line) else None)
    found.faults += _at_the_end(end, first.get("tenant"), keys, verifier, found)
    return found


def _at_the_end(
    end: Any, tenant: Any, keys: Collection[VerifyKey], verifier: Verifier, found: Checked
) -> Iterator[Fault]:
    """The signed end of the chain beside the lines; a file without one has been cut."""
    vouched = read_anchor(str(end.get("signed")), keys) if isinstance(end, dict) else None
    if vouched is None or (vouched.anchor.tenant, vouched.anchor.seq, vouched.anchor.hash) != (
        tenant, end.get("seq"), end.get("hash"),
    ):  # fmt: skip
        yield Fault("cut", verifier.seq + 1)
        return
    found.signed = vouched.known
    if found.whole:
        yield from verifier.end((vouched.anchor.seq, vouched.anchor.hash))


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _line(row: Any, expected: int) -> Line | Unreadable:
    if not isinstance(row, dict) or set(row) != {*NAMES, "previous"} or not all(starmap(_sound, row.items())):
        return Unreadable(expected)
    return Line(**{name: row[name] for name in NAMES})


def _sound(name: str, value: object) -> bool:
    """Of its kind, and in letters that can be hashed."""
    if name in {"seq", "at"}:
        return type(value) is int
    if value is None:
        return name in {"salt", "area", "before", "after"}
    return isinstance(value, str) and value.encode("utf-8", "replace").decode() == value
