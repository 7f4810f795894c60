"""People before they first log in: added by name, with a role at a place."""

import re
import unicodedata

from sqlmodel import Session, select

from controller.errors.entrance import LoginInvalid, LoginTaken
from controller.errors.people import PersonUnknown, RoleUnknown
from controller.people.audit import Act, record
from controller.people.entrance.events import Event
from controller.people.models import Person, RoleGrant
from controller.people.permissions import ROLES, Action
from devices.registry import standing

PERSON = "person/"
"""What the id of a caller begins with who is a person."""
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,63}")


def plain_login(login: str) -> str:
    """As it is kept and compared: small letters, without space around."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def add_person(
    session: Session, person_id: str, login: str, name: str, act: Act, language: str = "vi", area: str | None = None
) -> Person:
    """Somebody who cannot log in yet; `area`: whose person they are.

    LoginInvalid, LoginTaken, AreaUnknown, AreaEnded.
    """
    kept = plain_login(login)
    if not _LOGIN.fullmatch(kept):
        raise LoginInvalid()
    if find_person(session, kept) is not None:
        raise LoginTaken(login=kept)
    if area is not None:
        standing(session, area)
    person = Person(
        id=person_id, login=kept, name=name, language=language, area_id=area, created_at=act.now,
        created_by=act.who_id or act.who, changed_at=act.now,
    )  # fmt: skip
    session.add(person)
    session.flush()
    record(session, act, Event.PERSON_ADDED, PERSON + person.id, area=area)
    return person


def give_role(session: Session, grant_id: str, person: Person, role: str, area: str | None, act: Act) -> RoleGrant:
    """A role at an area and all within it, or everywhere. RoleUnknown, AreaUnknown, AreaEnded."""
    if role not in ROLES:
        raise RoleUnknown(role=role)
    if area is not None:
        standing(session, area)
    grant = RoleGrant(
        id=grant_id, person_id=person.id, role=role, area_id=area, since=act.now, given_by=act.who_id or act.who
    )
    session.add(grant)
    person.changed_at = act.now
    session.flush()
    record(session, act, Action.ROLE_GIVE, PERSON + person.id, role, area=area)
    return grant


def find_person(session: Session, login: str) -> Person | None:
    return session.exec(select(Person).where(Person.login == plain_login(login))).first()


def person_called(session: Session, login: str) -> Person:
    """PersonUnknown where nobody has this login."""
    found = find_person(session, login)
    if found is None:
        raise PersonUnknown(person=login)
    return found
