"""Lists that are shown page by page, the newest first."""

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Query
from sqlalchemy import tuple_
from sqlmodel import Session, SQLModel, col, select

from api.errors import RequestRefused
from api.shapes import Id

Row = TypeVar("Row", bound=SQLModel)

After = Annotated[Id | None, Query(description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=200)]


def newest_first(
    session: Session, kind: type[Row], at: Any, after: str | None, limit: int, *conditions: Any
) -> tuple[Sequence[Row], str | None]:
    """Rows of a table by the column `at` and id, and the id that asks for the next page (None: no more).

    A page after a row for which the conditions do not hold is as unknown as one after none.
    """
    number: Any = kind.id  # type: ignore[attr-defined]
    rows = select(kind).where(*conditions).order_by(col(at).desc(), col(number).desc()).limit(limit + 1)
    if after is not None:
        last = session.exec(select(kind).where(number == after, *conditions)).first()
        if last is None:
            raise RequestRefused("page_unknown", after=after)
        rows = rows.where(tuple_(col(at), col(number)) < tuple_(getattr(last, at.key), after))
    found = session.exec(rows).all()
    return found[:limit], getattr(found[limit - 1], "id") if len(found) > limit else None  # noqa: B009
