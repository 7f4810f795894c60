"""The last step of every way in: a session begins, or waits for the second factor."""

from sqlmodel import Session

from controller.people.audit import Act, record
from controller.people.entrance.browsers import known, make_known
from controller.people.entrance.entrance import Entered, Entrance
from controller.people.entrance.events import Event
from controller.people.entrance.second_factor import is_on
from controller.people.entrance.sessions import Visitor, begin
from controller.people.models import Person
from controller.people.newcomers import PERSON


def person_act(person: Person, visitor: Visitor) -> Act:
    """As whom somebody acts for themselves."""
    return Act(person.name, visitor.origin, visitor.now, who_id=PERSON + person.id)


def enter(
    session: Session, entrance: Entrance, person: Person, visitor: Visitor, way: str, *, by_provider: bool = False
) -> Entered:
    """After the first factor; `way`: by what, for the audit line."""
    if not is_on(session, person.id):
        return let_in(session, entrance, person, visitor, way, by_provider=by_provider)
    token = begin(
        session, person, visitor, entrance.lives, entrance.entropy, entrance.new_id(), waits=True,
        by_provider=by_provider,
    )  # fmt: skip
    return Entered(token, waits=True)


def let_in(
    session: Session, entrance: Entrance, person: Person, visitor: Visitor, way: str, *, by_provider: bool = False,
    proved: bool = False,
) -> Entered:  # fmt: skip
    """After the last factor; `proved`: it was a code."""
    token = begin(
        session, person, visitor, entrance.lives, entrance.entropy, entrance.new_id(), by_provider=by_provider,
        proved=proved,
    )  # fmt: skip
    browser = None
    if known(session, person.id, visitor) is None:
        browser = make_known(session, person.id, visitor, entrance.entropy, entrance.new_id())
    record(session, person_act(person, visitor), Event.LOG_IN, PERSON + person.id, way)
    return Entered(token, False, browser)
