"""What is deleted by itself, and when: once a day, what is older than it has to be."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import ColumnElement, Table, delete, null, select, update
from sqlmodel import Session, SQLModel

from controller.db import Transactions
from controller.settings import RetentionSettings
from devices.protocol.units import DAY

log = structlog.get_logger()

LOT = 1_000
"""Rows that go in one transaction at most: nobody waits long."""


@dataclass(frozen=True)
class Expired:
    """Rows of `table` whose `column` is before `before` (us UTC) go; with `cleared` only those columns do."""

    table: str
    column: str
    before: int
    cleared: tuple[str, ...] = ()


def expired(settings: RetentionSettings, now: int) -> Sequence[Expired]:
    """All that is too old at `now`. Pure."""
    return (
        Expired("answered_request", "at", now - settings.answered_days * DAY),
        Expired("log_in_session", "ends_at", now - settings.ended_days * DAY),
        Expired("one_time_link", "expires_at", now - settings.ended_days * DAY),
        Expired("known_browser", "expires_at", now - settings.ended_days * DAY),
        Expired("log_in_try", "at", now - settings.ended_days * DAY),
        Expired("api_key", "last_used_at", now - settings.address_days * DAY, ("last_used_from",)),
    )


def is_due(last: int | None, now: int) -> bool:
    """Once a day, and at the start. Pure."""
    return last is None or not last <= now < last + DAY


def sweep(session: Session, old: Expired) -> int:
    """Let a lot of it go; how many rows it were."""
    table = SQLModel.metadata.tables[old.table]
    key = next(iter(table.primary_key))
    rows = select(key).where(table.c[old.column] < old.before, *_still_there(table, old)).limit(LOT)
    found = [row[0] for row in session.execute(rows)]
    if not found:
        return 0
    if old.cleared:
        session.execute(update(table).where(key.in_(found)).values({name: null() for name in old.cleared}))
    else:
        session.execute(delete(table).where(key.in_(found)))
    return len(found)


def _still_there(table: Table, old: Expired) -> list[ColumnElement[bool]]:
    return [table.c[name].is_not(None) for name in old.cleared]


@dataclass
class Retention:
    """`do_once` lets one lot of each kind go; it goes on at the next call until all is gone, then rests for a day."""

    database: Transactions
    settings: RetentionSettings
    last: int | None = None

    def do_once(self, now: int) -> None:
        if not is_due(self.last, now):
            return
        gone = 0
        for old in expired(self.settings, now):
            with self.database.write() as session:
                gone = max(gone, sweep(session, old))
        if gone:
            log.info("personal_data_expired", rows=gone)
        if gone < LOT:
            self.last = now
