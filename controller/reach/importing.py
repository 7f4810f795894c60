"""Of many programmes at once, each is kept only if its maker may: who may not learns it line by line."""

from collections.abc import Callable, Iterator, Sequence

from sqlmodel import Session

from controller.errors.base import LoaError
from controller.exchange.importing import Answer, Keep, OnClash
from controller.people.audit import Act
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.reach.admission import admit_named
from controller.reach.sight import Sight
from controller.reach.veil import VEILED, veiled_data
from devices.errors import DeviceError
from scheduler.programmes.programme import Programme


def keep_admitted(
    caller: Caller, keep: Keep, session: Session, wishes: Sequence[Programme], act: Act, new_id: Callable[[], str],
    on_clash: OnClash,
) -> Iterator[Answer]:  # fmt: skip
    """As `keep`, without what names a place that is not the caller's, and told no more than they see."""
    refused = [_refused(session, caller, wish) for wish in wishes]
    admitted = [wish for wish, error in zip(wishes, refused, strict=True) if error is None]
    answers, sight = keep(session, admitted, act, new_id, on_clash), Sight(session, caller)
    for error in refused:
        yield _told(sight, next(answers)) if error is None else error


def _refused(session: Session, caller: Caller, wish: Programme) -> LoaError | DeviceError | None:
    try:
        admit_named(session, caller, Action.PROGRAMME_EDIT, wish)
    except (LoaError, DeviceError) as error:
        return error
    return None


def _told(sight: Sight, answer: Answer) -> Answer:
    if not isinstance(answer, str) and answer.code in VEILED:
        answer.data = dict(veiled_data(sight, answer))
    return answer
