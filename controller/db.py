"""One database, two kinds of transaction: writers queue at the door, readers never wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

BUSY_SECONDS = 10


class DatabaseError(Exception):
    """The database could not do it; nothing of the transaction remains."""

    code: ClassVar[str] = "database_error"


class DatabaseBusyError(DatabaseError):
    """Another writer held the database for longer than 10 s: try again."""

    code = "database_busy"


class DiskFullError(DatabaseError):
    """No room left for the database."""

    code = "disk_full"


class Database:
    """Sessions on one SQLite file. `write()` begins as a writer and commits; `read()` never writes."""

    def __init__(self, path: Path) -> None:
        self.engine = _engine(path)
        self._writer = self.engine.execution_options(begin="BEGIN IMMEDIATE")

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that is committed where the block ends well and forgotten where it raises."""
        with _named_errors(), Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view; nothing that is changed in it is kept."""
        with _named_errors(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    def close(self) -> None:
        self.engine.dispose()


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Any) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        said = str(error.orig)
        if "locked" in said or "busy" in said:
            raise DatabaseBusyError(said) from error
        if "full" in said:
            raise DiskFullError(said) from error
        raise
