"""Lists with the newest first, page by page: the last item of a page names where the next one begins."""

from typing import TypeVar

from sqlmodel import Session, col, select

from controller.alerts.models import AlertRow
from controller.broadcast.models import Broadcast
from controller.library.models import Bulletin

Row = TypeVar("Row", AlertRow, Broadcast, Bulletin)


def newest(session: Session, table: type[Row], after: Row | None, limit: int) -> tuple[list[Row], str | None]:
    """Up to `limit` rows older than `after`, and the id to go on after (None: there are no more)."""
    made, name = col(table.created_at), col(table.id)
    rows = select(table).order_by(made.desc(), name.desc()).limit(limit + 1)
    if after is not None:
        rows = rows.where((made < after.created_at) | ((made == after.created_at) & (name < after.id)))
    found = list(session.exec(rows))
    return found[:limit], found[limit - 1].id if len(found) > limit else None
