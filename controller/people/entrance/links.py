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

from controller.errors import LinkOver
from controller.people.audit import Act, record
from controller.people.entrance import browsers, second_factor, sessions
from controller.people.entrance.entering import enter, person_act
from controller.people.entrance.entrance import Entered, Entrance
from controller.people.entrance.events import Event
from controller.people.entrance.models import OneTimeLink
from controller.people.entrance.passwords import require_good
from controller.people.entrance.sessions import Visitor
from controller.people.entrance.tokens import Entropy, digest_of, make_token
from controller.people.models import Person, RoleGrant
from controller.people.newcomers import PERSON, add_person, give_role, plain_login
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
    _void(session, person_id, act.now)
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


def found_installation(
    entrance: Entrance, visitor: Visitor, token: str, login: str, name: str, password: str
) -> Entered:
    """The first administrator comes in. LinkOver, LoginInvalid, LoginTaken, PasswordTooShort and its like."""
    with entrance.database.read() as session:
        find_link(session, token, visitor.now)
    require_good(password, plain_login(login))
    kept = entrance.passwords.kept(password)
    with entrance.database.write() as session:
        link, person = find_link(session, token, visitor.now)
        if person is not None:
            raise LinkOver()
        act = Act(name, visitor.origin, visitor.now, who_id=PERSON + entrance.new_id())
        person = add_person(session, act.who_id.removeprefix(PERSON), login, name, act)
        give_role(session, entrance.new_id(), person, Role.ADMINISTRATOR, None, act)
        return _used(session, entrance, visitor, link, person, kept)


def set_password_by_link(entrance: Entrance, visitor: Visitor, token: str, password: str) -> Entered:
    """LinkOver, PasswordTooShort and its like. All other sessions of the person are over."""
    with entrance.database.read() as session:
        _, person = find_link(session, token, visitor.now)
    if person is None:
        raise LinkOver()
    require_good(password, person.login)
    kept = entrance.passwords.kept(password)
    with entrance.database.write() as session:
        link, person = find_link(session, token, visitor.now)
        if person is None:
            raise LinkOver()
        return _used(session, entrance, visitor, link, person, kept)


def keep_password(session: Session, person: Person, kept: str, visitor: Visitor) -> None:
    """The new password counts from now on, and whoever came in with the old one is out."""
    person.password, person.changed_at = kept, visitor.now
    sessions.end_all(session, person.id)
    browsers.forget(session, person.id)
    _void(session, person.id, visitor.now)
    record(session, person_act(person, visitor), Event.PASSWORD_SET, PERSON + person.id)


def _used(
    session: Session, entrance: Entrance, visitor: Visitor, link: OneTimeLink, person: Person, kept: str
) -> Entered:
    link.used_at = visitor.now
    record(session, person_act(person, visitor), Event.LINK_USED, PERSON + person.id, link.kind)
    if link.kind == "everything":
        second_factor.drop(session, person.id)
        record(session, person_act(person, visitor), Event.FACTOR_DROPPED, PERSON + person.id, link.kind)
    keep_password(session, person, kept, visitor)
    session.flush()
    return enter(session, entrance, person, visitor, "link")


def _void(session: Session, person_id: str | None, now: int) -> None:
    rows = update(OneTimeLink).where(col(OneTimeLink.used_at).is_(None))
    mine = col(OneTimeLink.person_id).is_(None) if person_id is None else col(OneTimeLink.person_id) == person_id
    session.exec(rows.where(mine).values(used_at=now))
