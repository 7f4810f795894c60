"""May this caller do this to what they name?"""

from collections.abc import Iterable

from sqlmodel import Session

from controller.errors import NotAllowed
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.reach.subjects import FINDERS, UNKNOWN


def admit(
    session: Session, caller: Caller, action: Action, subjects: Iterable[tuple[str, str]], *, installation: bool = False
) -> None:
    """NotAllowed without the right; the subject's own "unknown" where the caller may not even see it.

    `subjects`: kind (a name in `FINDERS`) and id of each thing that they name. `installation`: the right must be
    one over the whole of it. What is not there is left to whoever reads it: an address is "not found" there, a
    body is wrong.
    """
    caller.require(action)
    if installation:
        caller.require(action, None)
    if caller.rights.everywhere(action) and caller.rights.everywhere(Action.SEE):
        return
    for kind, subject in subjects:
        _admit_to(session, caller, action, kind, subject)


def _admit_to(session: Session, caller: Caller, action: Action, kind: str, subject: str) -> None:
    places = FINDERS[kind](session, subject)
    if not places.seen_by(caller):
        raise UNKNOWN[kind](**{kind: subject})
    if action is not Action.SEE and not caller.rights.may_at_all(action, places.owners):
        raise NotAllowed(action=action.value)
