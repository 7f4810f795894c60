"""People who call the interface: with a role, and a session without the pages of logging in."""

from starlette.testclient import TestClient

from api.cookies import name_of
from api.csrf import HEADER
from controller.people.entrance import sessions
from controller.people.entrance.sessions import Visitor
from controller.people.models import Person, RoleGrant
from tests.fakes.desk import ApiDesk


def add_person(desk: ApiDesk, login: str, role: str | None = None, area: str | None = None) -> str:
    """Somebody who has set a password; their id."""
    made, now = desk.office.new_id(), desk.services.now()
    with desk.office.database.write() as session:
        session.add(
            Person(
                id=made, login=login, name=login.title(), area_id=area, created_at=now, created_by="", changed_at=now,
                password="x",
            )
        )  # fmt: skip
        session.flush()
        if role is not None:
            grant = RoleGrant(id=desk.office.new_id(), person_id=made, role=role, area_id=area, since=now, given_by="")
            session.add(grant)
    return made


def log_in(desk: ApiDesk, person: str) -> TestClient:
    """A browser of theirs; each one has a session of its own."""
    entrance, now = desk.services.entrance, desk.services.now()
    with desk.office.database.write() as session:
        row = session.get_one(Person, person)
        token = sessions.begin(
            session, row, Visitor("127.0.0.1", now), entrance.lives, entrance.entropy, desk.office.new_id()
        )
    browser = desk.client("nobody", **{HEADER: entrance.sealer.proof("session", token)})
    browser.cookies.set(name_of("session", False), token)
    return browser


def come(desk: ApiDesk, login: str, role: str | None = None, area: str | None = None) -> TestClient:
    return log_in(desk, add_person(desk, login, role, area))
