"""One-time links: how somebody gets a password whom nobody may know it for.

| kind | for | what it does |
|---|---|---|
| `first` | nobody yet | makes the first administrator |
| `invitation` | a person who was added | sets the first password |
| `password` | a person who forgot it | sets a new one; the second factor stays |
| `everything` | a person who lost the telephone too | sets a new one; the second factor is gone |
"""

from typing import Literal

from sqlmodel import Session, col, select, update

from controller.errors.entrance import LinkOver
from controller.people.audit import Act, record
from controller.people.entrance.events import Event
from controller.people.entrance.models import OneTimeLink
from controller.people.entrance.tokens import Entropy, digest_of, make_token
from controller.people.models import Person, RoleGrant
from controller.people.newcomers import PERSON
from controller.people.permissions import Role

Kind = Literal["first", "invitation", "password", "everything"]
HOUR = 3_600_000_000
LIVES: dict[Kind, int] = {
    "first": 24 * HOUR,
    "invitation": 7 * 24 * HOUR,
    "password": 24 * HOUR,
    "everything": 24 * HOUR,
}
PATH = "/link/"
"""Where the page of a link is; its token follows."""


def make_link(
    session: Session, kind: Kind, person_id: str | None, act: Act, entropy: Entropy, life: int | None = None
) -> str:
    """The link as a path, shown once and kept as a hash; it voids those made before for the same person."""
    token = make_token(entropy)
    void(session, person_id, act.now)
    session.add(
        OneTimeLink(
            digest=digest_of(token), kind=kind, person_id=person_id, made_at=act.now,
            made_by=act.who_id or act.who, expires_at=act.now + (life or LIVES[kind]),
        )
    )  # fmt: skip
    record(session, act, Event.LINK_MADE, PERSON + person_id if person_id else "first administrator", kind)
    return PATH + token


def first_link(session: Session, act: Act, entropy: Entropy) -> str | None:
    """A link for the first administrator; None where there is one."""
    return None if has_administrator(session) else make_link(session, "first", None, act, entropy)


def has_administrator(session: Session) -> bool:
    """Whether anybody was ever made administrator of the whole."""
    rows = select(RoleGrant.id).where(RoleGrant.role == Role.ADMINISTRATOR, col(RoleGrant.area_id).is_(None))
    return session.exec(rows).first() is not None


def find_link(session: Session, token: str, now: int) -> tuple[OneTimeLink, Person | None]:
    """A link that is still good, and whose it is. LinkOver."""
    link = session.get(OneTimeLink, digest_of(token))
    if link is None or link.used_at is not None or link.expires_at <= now:
        raise LinkOver()
    person = session.get(Person, link.person_id) if link.person_id else None
    if (person.disabled_at is not None) if person else has_administrator(session):
        raise LinkOver()
    return link, person


def void(session: Session, person_id: str | None, now: int) -> None:
    """Unused links of this person are good no more."""
    rows = update(OneTimeLink).where(col(OneTimeLink.used_at).is_(None))
    mine = col(OneTimeLink.person_id).is_(None) if person_id is None else col(OneTimeLink.person_id) == person_id
    session.exec(rows.where(mine).values(used_at=now))
