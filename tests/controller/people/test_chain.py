"""The chain of audit lines: one changed bit, one line too few, too many or elsewhere is found, and which (E10)."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from controller.people.audit import record
from controller.people.lines import head_of, whole_chain
from controller.people.models import AuditLine
from controller.people.permissions import Action
from controller.people.verifying import Fault, faults
from firmware_sim.village.office import Office
from tests.controller.people.ledger import act, write_lines

LINES = 6
COLUMNS = (
    "at", "clock", "who_id", "who", "origin", "salt", "sealed", "action", "subject", "area_id", "detail", '"before"',
    '"after"', "hash",
)  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path / "office")
    write_lines(office, LINES)
    yield office
    office.database.close()


def found(office: Office) -> list[Fault]:
    with office.database.read() as session:
        return list(faults(whole_chain(session), head_of(session)))


def cell_of(office: Office, column: str, seq: int) -> tuple[str, bytes | None]:
    """Kind and bytes of a cell as they lie in the file."""
    ask = f"SELECT typeof({column}), CAST({column} AS BLOB) FROM audit_line WHERE id = ?"  # noqa: S608
    with closing(sqlite3.connect(office.folder / "loa.db")) as open_file:
        kind, raw = open_file.execute(ask, (seq,)).fetchone()
        return kind, raw


def put(column: str, kind: str, seq: int, raw: bytes | None) -> tuple[str, tuple[object, ...]]:
    cell = "?" if raw is None else "CAST(? AS INTEGER)" if kind == "integer" else "CAST(? AS TEXT)"
    return f"UPDATE audit_line SET {column} = {cell} WHERE id = ?", (raw, seq)  # noqa: S608


def flipped(kind: str, raw: bytes | None, bit: int) -> bytes:
    """With one bit changed; where there was nothing a blank is written."""
    if kind == "integer":
        return str(int(raw or b"0") ^ (1 << bit % 50)).encode()
    changed = bytearray(raw or b" ")
    if raw:
        changed[bit // 8 % len(changed)] ^= 1 << bit % 8
    return bytes(changed)


def burgle(office: Office, *statements: tuple[str, tuple[object, ...]]) -> None:
    """Somebody with the database's file in hand, who takes the triggers away first."""
    with closing(sqlite3.connect(office.folder / "loa.db", isolation_level=None)) as open_file:
        for (trigger,) in open_file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            open_file.execute(f"DROP TRIGGER {trigger}")
        for statement, values in statements:
            open_file.execute(statement, values)


def test_what_nobody_touched_holds(ledger: Office) -> None:
    assert found(ledger) == []


@given(seq=st.integers(1, LINES), column=st.sampled_from(COLUMNS), chance=st.integers(0))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_changed_bit_in_any_column_of_any_line_is_found(ledger: Office, seq: int, column: str, chance: int) -> None:
    kind, raw = cell_of(ledger, column, seq)
    burgle(ledger, put(column, kind, seq, flipped(kind, raw, chance)))
    told = found(ledger)
    burgle(ledger, put(column, kind, seq, raw))
    assert [fault.seq for fault in told] == [seq] and told[0].kind in {"changed", "unreadable"}
    assert found(ledger) == []


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        ([("DELETE FROM audit_line WHERE id = 3", ())], [Fault("missing", 3, 3)]),
        ([("DELETE FROM audit_line WHERE id IN (1, 2)", ())], [Fault("missing", 1, 2)]),
        ([("DELETE FROM audit_line WHERE id >= 5", ())], [Fault("cut", 5, 6)]),
        ([("UPDATE audit_line SET id = id + 10 WHERE id = 6", ())], [Fault("missing", 6, 15)]),
        ([("DELETE FROM audit_line", ())], [Fault("cut", 1, 6)]),
    ],
)  # fmt: skip
def test_missing_lines_are_named(ledger: Office, statements: list[tuple[str, tuple[()]]], told: list[Fault]) -> None:
    burgle(ledger, *statements)
    assert found(ledger)[: len(told)] == told


def test_two_lines_that_changed_places_are_found(ledger: Office) -> None:
    burgle(
        ledger, ("UPDATE audit_line SET id = 99 WHERE id = 2", ()), ("UPDATE audit_line SET id = 2 WHERE id = 4", ()),
        ("UPDATE audit_line SET id = 4 WHERE id = 99", ()),
    )  # fmt: skip
    assert {fault.seq for fault in found(ledger)} >= {2, 4}


def test_a_line_put_in_between_is_found_though_all_after_it_are_renumbered(ledger: Office) -> None:
    columns = ", ".join(COLUMNS)
    burgle(
        ledger, ("UPDATE audit_line SET id = -id WHERE id > 3", ()),
        ("UPDATE audit_line SET id = 1 - id WHERE id < 0", ()),
        (f"INSERT INTO audit_line (id, {columns}) SELECT 4, {columns} FROM audit_line WHERE id = 3", ()),  # noqa: S608
    )  # fmt: skip
    assert found(ledger)[0] == Fault("changed", 4)


def test_a_chain_reckoned_anew_does_not_fit_what_was_anchored(ledger: Office, tmp_path: Path) -> None:
    """Who can write the database can write another history: the anchor tells."""
    with ledger.database.read() as session:
        anchors = dict([head_of(session)])
    other = Office(tmp_path / "other", seed=2)
    write_lines(other, LINES + 2)
    with other.database.read() as session:
        assert list(faults(whole_chain(session), head_of(session), anchors)) == [Fault("replaced", LINES)]


@pytest.mark.parametrize("statement", ["UPDATE audit_line SET detail = 'x'", "DELETE FROM audit_line"])
def test_the_database_itself_refuses(ledger: Office, statement: str) -> None:
    with (
        closing(sqlite3.connect(ledger.folder / "loa.db")) as plain,
        pytest.raises(sqlite3.IntegrityError, match="only added"),
    ):
        plain.execute(statement)


def test_our_own_code_cannot_change_a_line_either(ledger: Office) -> None:
    with pytest.raises(IntegrityError), ledger.database.write() as session:
        session.exec(select(AuditLine)).first().detail = "x"  # type: ignore[union-attr]


def test_many_writers_make_one_chain(ledger: Office) -> None:
    def write(deed: Callable[[int], None]) -> None:
        for number in range(15):
            deed(number)

    def one(number: int) -> None:
        with ledger.database.write() as session:
            for _ in range(2):
                record(session, act(ledger, number), Action.AREA_CREATE, "area")

    threads = [threading.Thread(target=write, args=(one,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ledger.database.read() as session:
        assert head_of(session)[0] == LINES + 180
    assert found(ledger) == []


def test_an_act_that_fails_leaves_no_line_and_no_gap(ledger: Office) -> None:
    with pytest.raises(RuntimeError), ledger.database.write() as session:
        record(session, act(ledger, 1), Action.AREA_CREATE, "area")
        raise RuntimeError
    with ledger.database.write() as session:
        record(session, act(ledger, 1), Action.AREA_CREATE, "area")
        with pytest.raises(RuntimeError), session.begin_nested():
            record(session, act(ledger, 1), Action.AREA_CREATE, "taken back")
            raise RuntimeError
        record(session, act(ledger, 1), Action.AREA_CREATE, "area")
    with ledger.database.read() as session:
        assert head_of(session)[0] == LINES + 2
    assert found(ledger) == []


def test_only_what_differs_is_kept_of_an_edit(ledger: Office) -> None:
    with ledger.database.read() as session:
        row = session.get_one(AuditLine, 2)
    assert (row.before, row.after) == ('{"volume":1}', '{"volume":2}')
