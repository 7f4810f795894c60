"""Many programmes made in one transaction, with the answers that each would have had after those before it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from sqlmodel import Session

from controller.errors.base import LoaError
from controller.people.audit import Act, record
from controller.people.permissions import Action
from controller.programmes.checking_many import Examiner
from controller.programmes.keeping import new_programme
from controller.programmes.named import Named, read_named
from controller.programmes.reading import Kept
from devices.errors import DeviceError
from scheduler.errors import SchedulerError
from scheduler.programmes.programme import Programme
from scheduler.timetable import wanted

Refusal = LoaError | DeviceError | SchedulerError


def create_programmes(
    session: Session, wishes: Sequence[Programme], act: Act, new_id: Callable[[], str],
    on_clash: Literal["refuse", "append"],
) -> Iterator[str | Refusal]:  # fmt: skip
    """Of each in turn its id, or why it is not kept: what `create_programme` raises. The later of two is refused.

    A clash names the first of them only; where one time is silent and another collides, either may be named.
    """
    named = read_named(session, wishes)
    tried = [(Kept(new_programme(wish, act, new_id()), wish), _refused(named, wish)) for wish in wishes]
    examiner = Examiner(session, [kept for kept, refusal in tried if refusal is None], act.now, on_clash)
    for kept, refusal in tried:
        refused = refusal or _why_not(examiner, kept)
        if refused is None:
            examiner.add(kept.row.id)
            _keep(session, kept, act)
        yield refused or kept.row.id


def _keep(session: Session, kept: Kept, act: Act) -> None:
    session.add(kept.row)
    row = kept.row
    record(session, act, Action.PROGRAMME_EDIT, row.id, kept.wish.title, area=row.owner_id, after=row.said)
    wanted(session)


def _refused(named: Named, wish: Programme) -> Refusal | None:
    try:
        named.check(wish)
    except (LoaError, DeviceError) as error:
        return error
    return None


def _why_not(examiner: Examiner, kept: Kept) -> Refusal | None:
    try:
        examiner.check(kept.row.id)
    except LoaError as error:
        error.data["programme"] = kept.row.id  # it may collide with itself
        return error
    return None
