"""What areas that became parts of another had besides: bulletins, words of the glossary, people, codes for speakers."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from controller.areas.effects import BelongingsEffect
from controller.library.models import Bulletin, GlossaryEntry
from controller.people.models import Person
from devices.models import ClaimCode


def pass_on_belongings(session: Session, merged: Mapping[str, str], now: int) -> list[BelongingsEffect]:
    """They are the whole's from now on. A word that the whole reads otherwise already stays as the whole reads it."""
    return [_passed_on(session, area, into, now) for area, into in sorted(merged.items())]


def _passed_on(session: Session, area: str, into: str, now: int) -> BelongingsEffect:
    words, differ = _words(session, area, into)
    return BelongingsEffect(
        area=area, into=into, words=words, words_that_differ=differ,
        bulletins=_moved(session, Bulletin.owner_id, area, into),
        people=_moved(session, Person.area_id, area, into), claim_codes=_codes(session, area, into, now),
    )  # fmt: skip


def _moved(session: Session, place: Any, area: str, into: str) -> int:
    """How many rows named the area in this column; they name the whole now."""
    rows = session.exec(select(place.class_).where(col(place) == area)).all()
    for row in rows:
        setattr(row, place.key, into)
    return len(rows)


def _codes(session: Session, area: str, into: str, now: int) -> int:
    """Codes that still let somebody in; the others stay, for their record."""
    open_ = col(ClaimCode.used_at).is_(None), col(ClaimCode.withdrawn_at).is_(None), col(ClaimCode.expires_at) > now
    rows = session.exec(select(ClaimCode).where(ClaimCode.area_id == area, *open_)).all()
    for row in rows:
        row.area_id = into
    return len(rows)


def _words(session: Session, area: str, into: str) -> tuple[int, list[str]]:
    """How many go over, and which the whole reads otherwise."""
    known = {row.written: row.spoken for row in session.exec(_of(into))}
    rows = session.exec(_of(area)).all()
    for row in rows:
        if row.written in known:
            session.delete(row)
        else:
            row.area_id = into
    session.flush()
    differ = sorted(row.written for row in rows if known.get(row.written, row.spoken) != row.spoken)
    return sum(row.written not in known for row in rows), differ


def _of(area: str) -> Any:
    return select(GlossaryEntry).where(GlossaryEntry.area_id == area).order_by(col(GlossaryEntry.written))
