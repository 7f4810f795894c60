"""Which of several controllers works: the one with the lease. Whatever it writes is fenced by its token."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import structlog
from sqlmodel import Session

from controller.db import Database
from devices.protocol.units import SECOND
from scheduler.lease import check, take
from scheduler.models import Lease

log = structlog.get_logger()

NAME = "controller"
SPAN = 15 * SECOND
"""How long another one waits for a controller that says nothing any more, us."""


@dataclass
class Leadership:
    """To the parts of a controller it is the database; a write by one who was replaced is refused.

    `holder` names the installation: who starts again takes over from itself at once.
    """

    database: Database
    holder: str
    span: int = SPAN
    token: int | None = None
    until: int = 0

    def take(self, now: int) -> bool:
        """Whether this one works now: keep the lease, or take it where it is free."""
        if now < self.next_wakeup():
            return self.token is not None
        with self.database.write() as session:
            held = take(session, NAME, self.holder, now, self.span, anew=self.token is None)
            before = self.token
            self.token, self.until = (held.token, held.until) if held else (None, _until(session))
        if self.token != before:
            log.info("leadership", works=self.token is not None, token=self.token)
        return self.token is not None

    def holds(self, now: int) -> bool:
        """Whether this one works, as far as it knows without asking."""
        return self.token is not None and now < self.until

    def next_wakeup(self) -> int:
        """When to keep the lease, or to try to take it, us UTC."""
        return self.until if self.token is None else self.until - self.span * 2 // 3

    @contextmanager
    def write(self) -> Iterator[Session]:
        """As `Database.write`; LeaseLost where another one works by now."""
        with self.database.write() as session:
            check(session, NAME, self.token)
            yield session

    def read(self) -> AbstractContextManager[Session]:
        return self.database.read()


def _until(session: Session) -> int:
    held = session.get(Lease, NAME)
    return held.until if held else 0
