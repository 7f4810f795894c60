"""One database, two kinds of transaction: writers queue at the door, readers never wait."""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Protocol

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DatabaseError as Failed
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlmodel import Session

BUSY_SECONDS = 10
LEAST_ROOM = 64 * 1024
"""With less on its disk SQLite cannot even begin, bytes."""
KEPT_OPEN, MOST_OPEN = 16, 128
"""Connections that are kept, and that there may be at once: more than the threads that ask."""


class DatabaseError(Exception):
    """The database could not do it; nothing of the transaction remains. `where`: its file, where that matters."""

    code: ClassVar[str] = "database_error"

    def __init__(self, said: str, where: Path | None = None) -> None:
        super().__init__(said)
        self.where = where


class DatabaseBusyError(DatabaseError):
    """Another writer held the database for longer than 10 s: try again."""

    code = "database_busy"


class DiskFullError(DatabaseError):
    """No room left for the database."""

    code = "disk_full"


@dataclass(frozen=True)
class Witness:
    """What the audit lines of a transaction are stamped with: chance, and where its instants come from."""

    entropy: Callable[[int], bytes]
    clock: Callable[[], str]


NOBODY_LOOKS = Witness(lambda _: b"", lambda: "")


class Transactions(Protocol):
    """What parts of the controller need of a database."""

    def write(self) -> AbstractContextManager[Session]: ...

    def read(self) -> AbstractContextManager[Session]: ...


class Database:
    """Sessions on one SQLite file. `write()` begins as a writer and commits; `read()` never writes."""

    def __init__(
        self, path: Path, busy_seconds: float = BUSY_SECONDS, *, durable: bool = True, witness: Witness = NOBODY_LOOKS
    ) -> None:
        """Not `durable`: a commit may be lost when power fails; for rehearsals, which die with their process."""
        self._path = path
        self.engine = _engine(path, busy_seconds, "FULL" if durable else "OFF")
        self._writer = self.engine.execution_options(begin="BEGIN IMMEDIATE")
        self._door = threading.Lock()
        self._busy_seconds = busy_seconds
        self._info = {Witness: witness}

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that is committed where the block ends well and forgotten where it raises."""
        with self._turn(), _named_errors(self._path), self._session(self._writer) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view; nothing that is changed in it is kept."""
        with _named_errors(self._path), self._session(self.engine) as session:
            yield session

    def close(self) -> None:
        self.engine.dispose()

    def _session(self, engine: Engine) -> Session:
        return Session(engine, expire_on_commit=False, info=dict(self._info))

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Our threads wait here and are woken at once; SQLite alone would have them look again every 100 ms."""
        if not self._door.acquire(timeout=self._busy_seconds):
            raise DatabaseBusyError("another thread is writing")
        try:
            yield
        finally:
            self._door.release()


def _engine(path: Path, busy_seconds: float, synchronous: str) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}", connect_args={"timeout": busy_seconds, "check_same_thread": False},
        hide_parameters=True, pool_size=KEPT_OPEN, max_overflow=MOST_OPEN - KEPT_OPEN, pool_timeout=busy_seconds,
    )  # fmt: skip
    event.listen(engine, "connect", partial(_prepare, synchronous))
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(synchronous: str, connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Any) -> None:
    """Said to the driver itself: nothing is compiled, bound or fetched."""
    connection.connection.execute(connection.get_execution_options().get("begin", "BEGIN"))


def error_of(said: str, path: Path, free: int) -> DatabaseError:
    """What SQLite's words mean. On a full disk it may not say so: the file beside the database has no room either."""
    if "locked" in said or "busy" in said:
        return DatabaseBusyError(said)
    if "full" in said or free < LEAST_ROOM:
        return DiskFullError(said, path)
    return DatabaseError(said, path)


@contextmanager
def _named_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except NoConnectionFree as error:
        raise DatabaseBusyError("no connection is free") from error
    except (Failed, sqlite3.OperationalError) as error:
        if type(error) not in {Failed, OperationalError, sqlite3.OperationalError}:  # our own statements did wrong
            raise
        said = str(error.orig if isinstance(error, Failed) else error)
        raise error_of(said, path, _free(path)) from error


def _free(path: Path) -> int:
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return LEAST_ROOM
