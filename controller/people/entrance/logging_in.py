"""Log-in by password, then by a code where one is asked for.

Whoever guesses learns nothing: an unknown login, a wrong password, a disabled person and one without a password
get the same answer after the same time. Between counting a guess and booking its outcome no transaction is open:
comparing a password is slow.
"""

from collections.abc import Mapping

from sqlmodel import Session

from controller.errors.callers import SessionOver
from controller.errors.entrance import CodeRefused, LogInRefused
from controller.people.audit import record
from controller.people.entrance import browsers, sessions, tries
from controller.people.entrance.entering import enter, let_in, person_act
from controller.people.entrance.entrance import Entered, Entrance
from controller.people.entrance.events import Event
from controller.people.entrance.patience import NOBODY, count_guess, stranger
from controller.people.entrance.second_factor import take_code, take_recovery_code
from controller.people.entrance.sessions import Visitor
from controller.people.models import Person
from controller.people.newcomers import PERSON, find_person, plain_login


def log_in(entrance: Entrance, visitor: Visitor, login: str, password: str) -> Entered:
    """LogInRefused, TooManyTries, LogInBusy."""
    with entrance.database.read() as session:
        person = find_person(session, login)
        browser = browsers.known(session, person.id, visitor) if person else None
    buckets = (
        tries.buckets_of_browser(browser) if browser else tries.buckets_of_stranger(plain_login(login), visitor.origin)
    )
    count_guess(entrance, visitor, buckets, person.id if person else None)
    kept = person.password if person is not None and person.disabled_at is None else None
    good = entrance.passwords.are(password, kept)
    fresh = entrance.passwords.kept(password) if good and kept and entrance.passwords.is_weak(kept) else kept
    entered = _booked(entrance, visitor, person, buckets, (kept, fresh) if good else None)
    if entered is None:
        raise LogInRefused()
    return entered


def give_code(entrance: Entrance, visitor: Visitor, code: str, *, recovery: bool = False) -> Entered:
    """The second factor of a session that waits for it. CodeRefused, TooManyTries, SessionOver."""
    with entrance.database.read() as session:
        person = sessions.logged_in(session, visitor.token, visitor.now, entrance.lives, waits=True).person
        buckets = _buckets_of_code(session, person, visitor, recovery)
    count_guess(entrance, visitor, buckets, person.id)
    with entrance.database.write() as session:
        waiting = sessions.logged_in(session, visitor.token, visitor.now, entrance.lives, waits=True)
        if _is_right(session, entrance, person, code, visitor.now, recovery):
            tries.forgive(session, buckets, visitor.now)
            return _with_code(session, entrance, visitor, waiting, recovery)
        record(session, stranger(visitor), Event.FACTOR_FAILED, PERSON + person.id)
    raise CodeRefused()


def make_way(entrance: Entrance, visitor: Visitor, login: str, code: str) -> str:
    """A recovery code from paper makes the browser a known one, however many guesses strangers have used up.

    The password is still asked for. LogInRefused, TooManyTries.
    """
    count_guess(entrance, visitor, tries.buckets_of_address(visitor.origin), None)
    with entrance.database.write() as session:
        person = find_person(session, login)
        if person is not None and take_recovery_code(session, person.id, code, visitor.now):
            record(session, stranger(visitor), Event.RECOVERY_CODE_USED, PERSON + person.id, "for a new browser")
            return browsers.make_known(session, person.id, visitor, entrance.entropy, entrance.new_id())
    raise LogInRefused()


def log_out(entrance: Entrance, visitor: Visitor) -> bool:
    """The session is over at once; whether its person had come by the provider."""
    with entrance.database.write() as session:
        try:
            found = sessions.logged_in(session, visitor.token, visitor.now, entrance.lives)
        except SessionOver:
            return False
        session.delete(found.session)
        record(session, person_act(found.person, visitor), Event.LOG_OUT, PERSON + found.person.id)
        return found.session.by_provider


def _booked(
    entrance: Entrance, visitor: Visitor, person: Person | None, buckets: Mapping[str, int],
    passwords: tuple[str | None, str | None] | None,
) -> Entered | None:  # fmt: skip
    """The outcome; `passwords`: as it was kept when it was compared, and as it is to be kept. None: it was wrong."""
    with entrance.database.write() as session:
        now = session.get(Person, person.id) if person else None
        if now is None or passwords is None or now.password != passwords[0] or now.disabled_at is not None:
            _note_failed(session, visitor, now)
            return None
        now.password = passwords[1]
        tries.forgive(session, buckets, visitor.now)
        return enter(session, entrance, now, visitor, "password")


def _note_failed(session: Session, visitor: Visitor, person: Person | None) -> None:
    """Of guesses at nobody, the first from an address in a while."""
    if person is not None:
        record(session, stranger(visitor), Event.LOG_IN_FAILED, PERSON + person.id)
    elif tries.first_to_tell(session, f"nobody:{tries.network_of(visitor.origin)}", visitor.now):
        record(session, stranger(visitor), Event.LOG_IN_FAILED, NOBODY)


def _buckets_of_code(session: Session, person: Person, visitor: Visitor, recovery: bool) -> Mapping[str, int]:
    if recovery:
        return tries.buckets_of_address(visitor.origin)
    return tries.buckets_of_code(person.id, browsers.known(session, person.id, visitor))


def _is_right(session: Session, entrance: Entrance, person: Person, code: str, now: int, recovery: bool) -> bool:
    if recovery:
        return take_recovery_code(session, person.id, code, now)
    return take_code(session, entrance.sealer, person.id, code, now)


def _with_code(
    session: Session, entrance: Entrance, visitor: Visitor, waiting: sessions.LoggedIn, recovery: bool
) -> Entered:
    person, by_provider = waiting.person, waiting.session.by_provider
    if recovery:
        record(session, person_act(person, visitor), Event.RECOVERY_CODE_USED, PERSON + person.id)
    way = "provider" if by_provider else "password"
    return let_in(session, entrance, person, visitor, f"{way} and code", by_provider=by_provider, proved=True)
