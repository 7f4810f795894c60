"""The one database: writers take turns, and what it cannot do has a name."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from controller.db import Database, DatabaseBusyError, DiskFullError, error_of

BUSY_SECONDS = 0.3


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "loa.db", BUSY_SECONDS)
    with database.write() as session:
        session.execute(text("CREATE TABLE line (said TEXT)"))
    yield database
    database.close()


def write(database: Database, said: str) -> None:
    with database.write() as session:
        session.execute(text("INSERT INTO line VALUES (:said)"), {"said": said})


def lines(database: Database) -> int:
    with database.read() as session:
        return int(session.execute(text("SELECT count(*) FROM line")).scalar_one())


def test_many_threads_write_one_after_the_other(database: Database, tmp_path: Path) -> None:
    patient = Database(tmp_path / "loa.db", busy_seconds=60)
    threads = [threading.Thread(target=write, args=(patient, str(number))) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    patient.close()
    assert lines(database) == 40


def test_a_block_that_raises_leaves_nothing_and_frees_the_door(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as session:
        session.execute(text("INSERT INTO line VALUES ('half')"))
        _ = 1 / 0
    write(database, "whole")
    assert lines(database) == 1


def test_another_program_that_holds_the_database_is_waited_for_and_named(database: Database, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "loa.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusyError):
        write(database, "too late")
    assert lines(database) == 0, "readers do not wait"
    other.execute("COMMIT")
    write(database, "in time")
    assert lines(database) == 1
    other.close()


def test_another_thread_that_does_not_end_is_named_too(database: Database) -> None:
    with database.write():
        refused: list[str] = []
        thread = threading.Thread(target=lambda: refused.append(_refusal(database)))
        thread.start()
        thread.join()
    assert refused == ["database_busy"]


def test_readers_beyond_the_last_connection_are_told_to_come_again(tmp_path: Path) -> None:
    database = Database(tmp_path / "loa.db", BUSY_SECONDS)
    held = [database.engine.connect() for _ in range(128)]
    with pytest.raises(DatabaseBusyError), database.read() as session:
        session.execute(text("SELECT 1"))
    for connection in held:
        connection.close()
    database.close()


def test_a_full_disk_is_named_and_harms_nothing(database: Database) -> None:
    write(database, "before")
    with database.read() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
    with pytest.raises(DiskFullError), database.write() as session:
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
        session.execute(text("INSERT INTO line VALUES (:said)"), {"said": "x" * 100_000})
    assert lines(database) == 1


@pytest.mark.parametrize("said", ["database or disk is full", "disk I/O error", "unable to open database file"])
def test_a_disk_without_room_is_named_whatever_sqlite_calls_it(said: str, tmp_path: Path) -> None:
    error = error_of(said, tmp_path / "loa.db", free=4_096)
    assert isinstance(error, DiskFullError) and error.where == tmp_path / "loa.db"
    assert error_of("database is locked", tmp_path, free=0).code == "database_busy"
    assert error_of("disk I/O error", tmp_path, free=10**9).code == "database_error"


def _refusal(database: Database) -> str:
    with pytest.raises(DatabaseBusyError) as refused:
        write(database, "while another writes")
    return refused.value.code
