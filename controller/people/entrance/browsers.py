"""Browsers at which a person has logged in before."""

from sqlmodel import Session, col, delete, select

from controller.people.entrance.models import KnownBrowser
from controller.people.entrance.sessions import Visitor
from controller.people.entrance.tokens import Entropy, digest_of, make_token

APART, MOST_PEOPLE = ".", 8
LIFE = 400 * 24 * 3600 * 1_000_000
"""us; what browsers allow a cookie."""


def known(session: Session, person_id: str, visitor: Visitor) -> str | None:
    """The id of this browser where this person has logged in at it, else None."""
    digests = [digest_of(token) for token in _tokens(visitor)]
    rows = select(KnownBrowser).where(col(KnownBrowser.digest).in_(digests), KnownBrowser.person_id == person_id)
    found = session.exec(rows.where(KnownBrowser.expires_at > visitor.now)).first()
    return found.id if found is not None else None


def make_known(session: Session, person_id: str, visitor: Visitor, entropy: Entropy, new_id: str) -> str:
    """What the browser is to hold from now on: a token for each of the last people who came in at it."""
    session.exec(delete(KnownBrowser).where(col(KnownBrowser.expires_at) <= visitor.now))
    token = make_token(entropy)
    session.add(
        KnownBrowser(
            digest=digest_of(token), id=new_id, person_id=person_id, made_at=visitor.now,
            expires_at=visitor.now + LIFE,
        )
    )  # fmt: skip
    return APART.join([*_tokens(visitor)[1 - MOST_PEOPLE :], token])


def forget(session: Session, person_id: str) -> None:
    """After a new password: whoever had the old one is a stranger again."""
    for one in session.exec(select(KnownBrowser).where(KnownBrowser.person_id == person_id)):
        session.delete(one)


def _tokens(visitor: Visitor) -> list[str]:
    return visitor.browser.split(APART)[-MOST_PEOPLE:] if visitor.browser else []
