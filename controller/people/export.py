"""Audit lines in a file that others can check: JSON lines to verify, a table to read."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from controller.people.audit import line_of
from controller.people.chain import Line
from controller.people.lines import Sought, hash_before, head_of, in_order
from controller.sheets.sheet import Cell, Column, Sheet
from devices.protocol.json_text import canonical

FORM = "loa-audit-export-1"
NAMES = tuple(one.name for one in fields(Line))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WIDE = frozenset({"who_id", "subject", "detail", "before", "after", "sealed", "hash"})


def json_lines(session: Session, sought: Sought, tenant: str, anchor: str) -> Iterator[str]:
    """First what the file is, then a line each with the hash that it follows, last the signed end of the chain."""
    seq, digest = head_of(session)
    yield _row({"form": FORM, "tenant": tenant, "lines": "all" if sought.everything else "selected"})
    for line, previous in followed(session, sought):
        yield _row(asdict(line) | {"previous": previous})
    yield _row({"end": {"seq": seq, "hash": digest, "signed": anchor}})


def followed(session: Session, sought: Sought) -> Iterator[tuple[Line, str]]:
    """Each line, and the hash that it follows."""
    seq, last = 0, ""
    for row in in_order(session, sought):
        line = line_of(row)
        yield line, last if line.seq == seq + 1 else hash_before(session, line.seq)
        seq, last = line.seq, line.hash


def sheet(lines: Iterable[tuple[Line, str]]) -> Sheet:
    """The same as a table; `time` is UTC, for people."""
    columns = [
        Column(name, "number" if name in {"seq", "at"} else "text", 40 if name in _WIDE else 18) for name in NAMES
    ]
    rows = [[_moment(line), *_cells(line), previous] for line, previous in lines]
    return Sheet("audit", [Column("time", "moment", 20), *columns, Column("previous", width=40)], rows)


def _cells(line: Line) -> list[Cell]:
    return [getattr(line, name) for name in NAMES]


def _moment(line: Line) -> datetime:
    return (_EPOCH + timedelta(microseconds=line.at)).replace(tzinfo=None, microsecond=0)


def _row(value: Any) -> str:
    return canonical(value).decode("utf-8") + "\n"
