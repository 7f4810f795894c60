"""A guess is counted before anybody looks at it; who guesses too often waits, and the first time is on record."""

from collections.abc import Mapping

from controller.errors.entrance import TooManyTries
from controller.people.audit import Act, record
from controller.people.entrance import tries
from controller.people.entrance.entrance import Entrance
from controller.people.entrance.events import Event
from controller.people.entrance.sessions import Visitor
from controller.people.newcomers import PERSON

NOBODY = "nobody"


def stranger(visitor: Visitor) -> Act:
    """Who acts before it is known who they are."""
    return Act(NOBODY, visitor.origin, visitor.now, who_id=NOBODY)


def count_guess(entrance: Entrance, visitor: Visitor, buckets: Mapping[str, int], person_id: str | None) -> None:
    """TooManyTries. Whoever hammers is refused without a turn among the writers."""
    slowed = f"slowed:{person_id or tries.network_of(visitor.origin)}"
    with entrance.database.read() as session:
        wait = tries.waits(session, buckets, visitor.now)
        told = tries.is_told(session, slowed, visitor.now)
    if not wait:
        with entrance.database.write() as session:
            wait = tries.admit(session, buckets, visitor.now)
    if not wait:
        return
    if not told:
        _tell(entrance, visitor, slowed, PERSON + person_id if person_id else NOBODY)
    raise TooManyTries(retry_after_s=-(-wait // 1_000_000), minutes=-(-wait // 60_000_000))


def _tell(entrance: Entrance, visitor: Visitor, slowed: str, subject: str) -> None:
    with entrance.database.write() as session:
        if tries.first_to_tell(session, slowed, visitor.now):
            record(session, stranger(visitor), Event.LOG_IN_SLOWED, subject)
