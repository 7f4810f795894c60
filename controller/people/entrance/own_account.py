"""What a person who is logged in does with their own account."""

from collections.abc import Callable, Mapping

from sqlmodel import Session

from controller.errors.callers import SessionOver
from controller.errors.entrance import CodeRefused, PasswordWrong
from controller.people.audit import record
from controller.people.entrance import second_factor, sessions, tries
from controller.people.entrance.arriving import keep_password
from controller.people.entrance.entering import let_in, person_act
from controller.people.entrance.entrance import Entered, Entrance
from controller.people.entrance.events import Event
from controller.people.entrance.passwords import require_good
from controller.people.entrance.patience import count_guess
from controller.people.entrance.sessions import LoggedIn, Visitor
from controller.people.models import Person
from controller.people.newcomers import PERSON


def change_password(entrance: Entrance, visitor: Visitor, old: str, new: str) -> Entered:
    """A new password and a new session; all others are over. PasswordWrong, TooManyTries, PasswordTooShort …"""
    person = require_password(entrance, visitor, old)
    if person.password is None:
        raise PasswordWrong()
    require_good(new, person.login)
    kept = entrance.passwords.kept(new)

    def change(session: Session, found: LoggedIn) -> None:
        keep_password(session, found.person, kept, visitor)

    return _changed(entrance, visitor, change)


def propose_factor(entrance: Entrance, visitor: Visitor) -> tuple[str, str]:
    """A secret for the telephone, and its address as the telephone scans it. SecondFactorThere."""
    with entrance.database.write() as session:
        found = sessions.logged_in(session, visitor.token, visitor.now, entrance.lives)
        secret = second_factor.propose(session, entrance.sealer, found, visitor.now, entrance.entropy)
        return secret, second_factor.address(found.person, secret)


def confirm_factor(entrance: Entrance, visitor: Visitor, password: str, code: str) -> tuple[Entered, list[str]]:
    """From now on codes are asked for; recovery codes, shown this once. CodeRefused, PasswordWrong.

    SessionOver for who has no password and did not come in just now: a stolen session is not enough.
    """
    require_password(entrance, visitor, password)
    codes: list[str] = []

    def change(session: Session, found: LoggedIn) -> None:
        if found.person.password is None and not sessions.is_fresh(found.session.began_at, visitor.now):
            raise SessionOver()
        second_factor.confirm(session, entrance.sealer, found, code, visitor.now)
        codes.extend(second_factor.make_recovery_codes(session, found.person.id, visitor.now, entrance.entropy))
        record(session, person_act(found.person, visitor), Event.FACTOR_SET, PERSON + found.person.id)

    return _changed(entrance, visitor, change, proved=True), codes


def drop_factor(entrance: Entrance, visitor: Visitor, code: str) -> Entered:
    """Only who has the telephone, or a code on paper. CodeRefused, TooManyTries."""
    _require_code(entrance, visitor, code)

    def change(session: Session, found: LoggedIn) -> None:
        second_factor.drop(session, found.person.id)
        record(session, person_act(found.person, visitor), Event.FACTOR_DROPPED, PERSON + found.person.id)

    return _changed(entrance, visitor, change)


def show_code(entrance: Entrance, visitor: Visitor, code: str) -> None:
    """For a while this session may do alone what is asked of two people. CodeRefused, TooManyTries."""
    _require_code(entrance, visitor, code)
    with entrance.database.write() as session:
        found = sessions.logged_in(session, visitor.token, visitor.now, entrance.lives)
        found.session.proved_at = visitor.now
        record(session, person_act(found.person, visitor), Event.FACTOR_SHOWN, PERSON + found.person.id)


def renew_recovery_codes(entrance: Entrance, visitor: Visitor, code: str) -> list[str]:
    """Ten new ones; the old ones are void. CodeRefused, TooManyTries."""
    _require_code(entrance, visitor, code)
    with entrance.database.write() as session:
        found = sessions.logged_in(session, visitor.token, visitor.now, entrance.lives)
        record(session, person_act(found.person, visitor), Event.RECOVERY_CODES_MADE, PERSON + found.person.id)
        return second_factor.make_recovery_codes(session, found.person.id, visitor.now, entrance.entropy)


def end_session(entrance: Entrance, visitor: Visitor, wanted: str | None) -> None:
    """End one of one's own sessions; `wanted` None: all, this one too."""
    with entrance.database.write() as session:
        found = sessions.logged_in(session, visitor.token, visitor.now, entrance.lives)
        for one in sessions.sessions_of(session, found.person, visitor.now, entrance.lives):
            if wanted in (None, one.id):
                session.delete(one)
                record(
                    session, person_act(found.person, visitor), Event.SESSION_ENDED, PERSON + found.person.id, one.id
                )


def require_password(entrance: Entrance, visitor: Visitor, password: str) -> Person:
    """Whose session it is, if they know their password; who has none needs none. PasswordWrong, TooManyTries."""
    person, buckets = _counted(entrance, visitor)
    if person.password is not None and not entrance.passwords.are(password, person.password):
        raise PasswordWrong()
    with entrance.database.write() as session:
        tries.forgive(session, buckets, visitor.now)
    return person


def _require_code(entrance: Entrance, visitor: Visitor, code: str) -> None:
    """A code of the telephone or of the paper."""
    person, buckets = _counted(entrance, visitor)
    with entrance.database.write() as session:
        if not second_factor.take_code(
            session, entrance.sealer, person.id, code, visitor.now
        ) and not second_factor.take_recovery_code(session, person.id, code, visitor.now):
            raise CodeRefused()
        tries.forgive(session, buckets, visitor.now)


def _counted(entrance: Entrance, visitor: Visitor) -> tuple[Person, Mapping[str, int]]:
    """Whose session it is, and against what this guess of theirs counts."""
    with entrance.database.read() as session:
        person = sessions.logged_in(session, visitor.token, visitor.now, entrance.lives).person
    buckets = tries.buckets_of_owner(person.id)
    count_guess(entrance, visitor, buckets, person.id)
    return person, buckets


def _changed(
    entrance: Entrance, visitor: Visitor, change: Callable[[Session, LoggedIn], None], *, proved: bool = False
) -> Entered:
    """What was changed ends all sessions; the one that changed it begins anew."""
    with entrance.database.write() as session:
        found = sessions.logged_in(session, visitor.token, visitor.now, entrance.lives)
        by_provider = found.session.by_provider
        change(session, found)
        found.person.changed_at = visitor.now
        sessions.end_all(session, found.person.id)
        session.flush()
        return let_in(
            session, entrance, found.person, visitor, "after a change", by_provider=by_provider, proved=proved
        )
