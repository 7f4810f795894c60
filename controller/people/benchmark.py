"""Measures what a bound audit line costs, beside a bare insert of the same row."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlmodel import Session

from controller.db import Database, Witness
from controller.people.audit import Act, line_of, record
from controller.people.chain import digest, seal
from controller.people.models import AuditHead, AuditLine
from controller.people.permissions import Action

ACT = Act("Nguyễn Thị Bảy", "10.0.0.7", 1_800_000_000_000_000, who_id="person/" + "0" * 36)
BEFORE = {"name": "Giờ yên tĩnh", "silent": [{"begin": "21:00", "end": "05:00"}], "loudest": 60}
AFTER = BEFORE | {"loudest": 50}


def bench_audit(lines: int) -> dict[str, float]:
    """us of processor time a line, with one transaction an act and with many lines in one transaction."""
    with tempfile.TemporaryDirectory() as folder:
        bound, bare = _database(Path(folder) / "bound.db"), _database(Path(folder) / "bare.db")
        figures = {
            "lines": lines,
            "act_us": _each(lines, lambda number: _act(bound, _bound, number)),
            "bare_act_us": _each(lines, lambda number: _act(bare, _bare, number)),
            "many_us": _many(bound, _bound, lines),
            "bare_many_us": _many(bare, _bare, lines),
            "hashes_us": _each(lines, _hashes),
        }
        for database in (bound, bare):
            database.close()
    return figures


def _database(path: Path) -> Database:
    database = Database(path, durable=False, witness=Witness(lambda count: b"\1" * count, lambda: "system"))
    for table in (AuditLine, AuditHead):
        table.__table__.create(database.engine)  # type: ignore[union-attr]
    return database


def _bound(session: Session, number: int) -> None:
    record(session, ACT, Action.AIR_EDIT, f"rule-{number}", "Giờ yên tĩnh", before=BEFORE, after=AFTER)


def _bare(session: Session, number: int) -> None:
    session.add(
        AuditLine(
            at=ACT.now, who=ACT.who, who_id=ACT.who_id, action=Action.AIR_EDIT, subject=f"rule-{number}",
            origin=ACT.origin, detail="Giờ yên tĩnh", before='{"loudest":60}', after='{"loudest":50}',
        )
    )  # fmt: skip


def _hashes(number: int) -> None:
    row = AuditLine(id=number, at=ACT.now, who=ACT.who, action="air.edit", subject="rule", origin=ACT.origin)
    seal("00" * 16, ACT.who, ACT.origin)
    digest(vars(line_of(row)), "0" * 64)


def _act(database: Database, add: Callable[[Session, int], None], number: int) -> None:
    with database.write() as session:
        add(session, number)


def _many(database: Database, add: Callable[[Session, int], None], lines: int) -> float:
    def all_of_them(_: int) -> None:
        with database.write() as session:
            for number in range(lines):
                add(session, number)

    return round(_each(1, all_of_them) / lines, 1)


def _each(count: int, deed: Callable[[int], None]) -> float:
    begin = time.thread_time()
    for number in range(count):
        deed(number)
    return round((time.thread_time() - begin) / count * 1e6, 1)
