"""Browsers at which a person has logged in before."""

from sqlmodel import Session, col, delete, select

from controller.people.entrance.models import KnownBrowser
from controller.people.entrance.sessions import Visitor
from controller.people.entrance.tokens import Entropy, digest_of, make_token

LIFE = 400 * 24 * 3600 * 1_000_000
"""us; what browsers allow a cookie."""


def known(session: Session, person_id: str, visitor: Visitor) -> str | None:
    """The id of this browser where this person has logged in at it, else None."""
    found = session.get(KnownBrowser, digest_of(visitor.browser)) if visitor.browser else None
    good = found is not None and found.person_id == person_id and visitor.now < found.expires_at
    return found.id if found is not None and good else None


def make_known(session: Session, person_id: str, visitor: Visitor, entropy: Entropy, new_id: str) -> str:
    """A token by which the browser is known from now on."""
    session.exec(delete(KnownBrowser).where(col(KnownBrowser.expires_at) <= visitor.now))
    token = make_token(entropy)
    session.add(
        KnownBrowser(
            digest=digest_of(token), id=new_id, person_id=person_id, made_at=visitor.now,
            expires_at=visitor.now + LIFE,
        )
    )  # fmt: skip
    return token


def forget(session: Session, person_id: str) -> None:
    """After a new password: whoever had the old one is a stranger again."""
    for one in session.exec(select(KnownBrowser).where(KnownBrowser.person_id == person_id)):
        session.delete(one)
