"""Who is logged in at which browser: kept here, not in the cookie, so that a session ends when we say so."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, delete, select

from controller.errors.callers import SessionOver
from controller.people.entrance.models import LogInSession
from controller.people.entrance.tokens import Entropy, digest_of, make_token
from controller.people.models import Person

MINUTE = 60 * 1_000_000
WAITING = 10 * MINUTE
"""For the second factor."""
FRESH = 10 * MINUTE
"""How long it counts that somebody has proved who they are."""
LONGEST_AGENT = 200


@dataclass(frozen=True)
class Lives:
    """How long a session lives that nobody uses, and one that is used (us)."""

    idle: int = 60 * MINUTE
    whole: int = 12 * 60 * MINUTE


@dataclass(frozen=True)
class Visitor:
    """The browser that asks: from where, when (us UTC), what it calls itself, the tokens that it holds."""

    origin: str
    now: int
    agent: str = ""
    token: str | None = None
    """Of its session."""
    browser: str | None = None
    """By which it is known."""


@dataclass(frozen=True)
class LoggedIn:
    """A session that is in force, and whose it is."""

    session: LogInSession
    person: Person


def begin(
    session: Session, person: Person, visitor: Visitor, lives: Lives, entropy: Entropy, new_id: str, *,
    waits: bool = False, by_provider: bool = False, proved: bool = False,
) -> str:  # fmt: skip
    """A new session in place of what the browser had; its token, which is nowhere else. `proved`: by a code."""
    if visitor.token is not None:
        session.exec(delete(LogInSession).where(col(LogInSession.digest) == digest_of(visitor.token)))
    session.exec(delete(LogInSession).where(col(LogInSession.ends_at) <= visitor.now))
    token = make_token(entropy)
    session.add(
        LogInSession(
            digest=digest_of(token), id=new_id, person_id=person.id, waits=waits, began_at=visitor.now,
            seen_at=visitor.now, ends_at=visitor.now + (WAITING if waits else lives.whole), by_provider=by_provider,
            origin=visitor.origin, agent=_shown(visitor.agent), proved_at=visitor.now if proved else None,
        )
    )  # fmt: skip
    return token


def logged_in(session: Session, token: str | None, now: int, lives: Lives, *, waits: bool = False) -> LoggedIn:
    """Whose session it is; SessionOver unless it is in force. `waits`: one that lacks its second factor."""
    found = session.get(LogInSession, digest_of(token)) if token else None
    if found is None or found.waits is not waits:
        raise SessionOver()
    person = session.get_one(Person, found.person_id)
    if not in_force(found, person, now, lives):
        raise SessionOver()
    return LoggedIn(found, person)


def in_force(one: LogInSession, person: Person, now: int, lives: Lives) -> bool:
    if person.disabled_at is not None or one.began_at < person.changed_at:
        return False
    return now < one.ends_at and now - one.seen_at < lives.idle


def is_fresh(proved_at: int | None, now: int) -> bool:
    return proved_at is not None and now - proved_at < FRESH


def is_stale(one: LogInSession, now: int) -> bool:
    """Whether it should be noted that it was seen."""
    return now - one.seen_at >= MINUTE


def note_seen(session: Session, digest: str, now: int) -> None:
    found = session.get(LogInSession, digest)
    if found is not None:
        found.seen_at = max(found.seen_at, now)


def sessions_of(session: Session, person: Person, now: int, lives: Lives) -> Sequence[LogInSession]:
    """In force, the newest first."""
    rows = select(LogInSession).where(LogInSession.person_id == person.id, col(LogInSession.waits).is_(False))
    found = session.exec(rows.order_by(col(LogInSession.began_at).desc())).all()
    return [one for one in found if in_force(one, person, now, lives)]


def end_all(session: Session, person_id: str) -> None:
    session.exec(delete(LogInSession).where(col(LogInSession.person_id) == person_id))


def _shown(agent: str) -> str:
    return "".join(letter for letter in agent if letter.isprintable())[:LONGEST_AGENT]
