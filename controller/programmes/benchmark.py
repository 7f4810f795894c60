"""Measures a week of a large province: its tables read, its programmes expanded and planned, beside a bare reading.

The province is made of numbers, so that anybody can measure the same: communes of ten hamlets, programmes of the
province, of communes and of hamlets that wait for each other, silent nights and a daily budget.
"""

import sqlite3
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session, SQLModel

from controller.db import Database
from controller.library.models import Blob, Bulletin
from controller.programmes.reading import Situation, situation
from controller.tables import METADATA
from devices.models import Area, Device
from devices.protocol.units import DAY
from scheduler.air.models import AirRule
from scheduler.air.rules import AirRules
from scheduler.planner.entries import Outcome
from scheduler.planner.planning import plan
from scheduler.programmes.models import ProgrammeRow
from scheduler.programmes.programme import Programme

BEGIN = 1_794_762_000_000_000
"""Midnight of 16 November 2026 in Vietnam, us UTC."""
HAMLETS = 10
RULES = {"quiet": [{"begin": "21:30", "end": "04:45"}], "budget_minutes": 120}
READ = ("device", "area", "programme", "bulletin", "blob", "air_rule")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Size:
    speakers: int
    programmes: int
    days: int


def bench_plan(speakers: int, programmes: int, days: int) -> dict[str, float]:
    """Seconds of this thread: `read_s` from the tables to the planner's values with all times of all programmes,
    `plan_s` to what sounds and what does not; `raw_read_s` is SQLite alone, reading the same rows."""
    size = Size(speakers, programmes, days)
    with tempfile.TemporaryDirectory() as name:
        database = Database(Path(name) / "loa.db", durable=False)
        _fill(database, size)
        with closing(sqlite3.connect(Path(name) / "loa.db")) as bare:
            raw_s, _ = _timed(lambda: [bare.execute(f"SELECT * FROM {table}").fetchall() for table in READ])  # noqa: S608
        with database.read() as session:
            _timed(lambda: situation(session, BEGIN, BEGIN + DAY, BEGIN))  # what is loaded once is loaded
        with database.read() as session:
            read_s, state = _timed(lambda: situation(session, BEGIN, BEGIN + days * DAY, BEGIN))
        plan_s, outcome = _timed(lambda: plan(state.entries, state.taken, state.airs, state.decisions))
        database.close()
    return {
        "speakers": speakers, "programmes": programmes, "days": days, **_counts(state, outcome),
        "read_s": round(read_s, 2), "plan_s": round(plan_s, 2), "both_s": round(read_s + plan_s, 2),
        "raw_read_s": round(raw_s, 3),
    }  # fmt: skip


def _counts(state: Situation, outcome: Outcome) -> dict[str, float]:
    seats = sum(len(one.hearers) for one in outcome.slots)
    return {"groups": len(state.hearers), "times": sum(len(one.moments) for one in state.entries), "seats": seats}


def _timed(work: Callable[[], Value]) -> tuple[float, Value]:
    begin = time.thread_time()
    done = work()
    return time.thread_time() - begin, done


def _fill(database: Database, size: Size) -> None:
    METADATA.create_all(database.engine)
    with database.write() as session:
        for rows in (_areas(size), _sounds(), _rules(), _devices(size), _programmes(size)):
            _add(session, rows)


def _add(session: Session, rows: Iterator[SQLModel]) -> None:
    session.add_all(rows)
    session.flush()


def _name(kind: str, number: int = 0) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}/{number}"))


def _places(size: Size) -> int:
    """Hamlets: about fifty speakers each."""
    return max(HAMLETS, size.speakers // 50)


def _areas(size: Size) -> Iterator[SQLModel]:
    province = _name("province")
    yield Area(id=province, name="Tỉnh", created_at=BEGIN)
    for hamlet in range(_places(size)):
        commune = _name("commune", hamlet // HAMLETS)
        if hamlet % HAMLETS == 0:
            yield Area(id=commune, name=f"Xã {hamlet // HAMLETS}", parent_id=province, created_at=BEGIN)
        yield Area(id=_name("hamlet", hamlet), name=f"Thôn {hamlet}", parent_id=commune, created_at=BEGIN)


def _sounds() -> Iterator[SQLModel]:
    yield Blob(sha256="0" * 64, size=900_000, duration_ms=300_000, chunk_bytes=65_536, issued_at=BEGIN)
    yield Bulletin(
        id=_name("bulletin"), title="Bản tin", kind="text", state="ready", sha256="0" * 64, created_at=BEGIN,
        created_by="",
    )  # fmt: skip


def _rules() -> Iterator[SQLModel]:
    rules = AirRules.model_validate(RULES).model_dump(mode="json")
    yield AirRule(
        id=_name("rule"), area_id=_name("province"), name="Đêm", rules=rules, changed_at=BEGIN, changed_by=""
    )  # fmt: skip


def _devices(size: Size) -> Iterator[SQLModel]:
    for number in range(size.speakers):
        hamlet = _name("hamlet", number % _places(size))
        yield Device(
            id=_name("device", number), name=f"Loa {number}", area_id=hamlet, public_key="", registered_at=BEGIN
        )  # fmt: skip


def _programmes(size: Size) -> Iterator[SQLModel]:
    for number in range(size.programmes):
        said = _said(number, size)
        yield ProgrammeRow(
            id=_name("programme", number), title=said.title, owner_id=said.owner, said=said.model_dump(mode="json"),
            created_at=BEGIN - DAY + number, created_by="", changed_at=BEGIN - DAY,
        )  # fmt: skip


def _said(number: int, size: Size) -> Programme:
    """Of fifty programmes one is the province's, ten are a commune's, the others a hamlet's."""
    kind = "province" if number % 50 == 0 else "commune" if number % 50 <= 10 else "hamlet"
    places = {"province": 1, "commune": _places(size) // HAMLETS, "hamlet": _places(size)}[kind]
    place = _name(kind, number % places if kind != "province" else 0)
    hour, minute = 5 + number % 15, number * 7 % 60
    return Programme.model_validate(
        {
            "title": f"Bản tin {number}", "owner": place, "targets": {"areas": [place]},
            "content": {"kind": "bulletin", "bulletin": _name("bulletin")},
            "recurrence": {"days": {"kind": "daily"}, "times": [f"{hour:02}:{minute:02}"], "first": "2026-11-01"},
            "max_late_ms": 3_600_000,
        }
    )  # fmt: skip
