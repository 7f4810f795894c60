"""Which of our people somebody at a provider is: by issuer and subject, and by nothing else once they are linked."""

from sqlmodel import Session, select

from controller.errors.entrance import SignOnUnknown
from controller.people.audit import record
from controller.people.entrance.entering import enter, person_act
from controller.people.entrance.entrance import Entered, Entrance
from controller.people.entrance.events import Event
from controller.people.entrance.patience import NOBODY, stranger
from controller.people.entrance.sessions import Visitor
from controller.people.entrance.tries import first_to_tell, network_of
from controller.people.models import Person
from controller.people.newcomers import PERSON, find_person
from controller.people.sign_on.flow import Client
from controller.people.sign_on.identity import Identity


def come_in(entrance: Entrance, visitor: Visitor, identity: Identity, client: Client) -> Entered:
    """A session for who they are here. SignOnUnknown where nobody is, or somebody who is disabled."""
    with entrance.database.write() as session:
        person = _linked(session, identity) or _invited(session, identity, client, visitor)
        if person is not None and person.disabled_at is None:
            return enter(session, entrance, person, visitor, "provider", by_provider=True)
        if first_to_tell(session, f"provider:{network_of(visitor.origin)}", visitor.now):
            record(session, stranger(visitor), Event.PROVIDER_REFUSED, PERSON + person.id if person else NOBODY)
    raise SignOnUnknown()


def _linked(session: Session, identity: Identity) -> Person | None:
    rows = select(Person).where(Person.issuer == identity.issuer, Person.issuer_subject == identity.subject)
    return session.exec(rows).first()


def _invited(session: Session, identity: Identity, client: Client, visitor: Visitor) -> Person | None:
    """Somebody who was added by this name and has never had a way in; from now on they are linked."""
    known = {"email": identity.email, "username": identity.username}.get(client.invited_by)
    person = find_person(session, known) if known else None
    if person is None or person.password is not None or person.issuer is not None or person.disabled_at is not None:
        return None
    person.issuer, person.issuer_subject = identity.issuer, identity.subject
    record(session, person_act(person, visitor), Event.PROVIDER_LINKED, PERSON + person.id, identity.issuer)
    return person
