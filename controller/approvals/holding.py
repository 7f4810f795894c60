"""What comes in beside orders: bulletins that programmes may take by themselves, and programmes of a file."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlmodel import Session

from controller.approvals.asking import ask, is_alone, order, record_alone, weigh
from controller.approvals.catalogue import BULLETIN, PROGRAMMES
from controller.approvals.deed import Ports
from controller.approvals.letting import Letting, is_taken
from controller.approvals.planning import ProgrammesMade
from controller.library.bulletins import get_bulletin
from controller.people.answered import already_made, remember
from controller.people.approval_models import ApprovalRequest
from controller.people.audit import Act
from controller.people.callers import Caller
from scheduler.programmes.programme import Programme


def take_in(session: Session, add: Callable[[], str], who: Caller, act: Act, ports: Ports) -> str:
    """Add a bulletin; where a programme would take it by itself, that may wait for a second person."""
    known = already_made(session, act)
    made = add()
    row = get_bulletin(session, made)
    if known is None and is_taken(row):
        row.held = True
        session.flush()
        order(session, BULLETIN, Letting(made), who, replace(act, key=None), ports)
    return made


def waits_already(session: Session, act: Act) -> str | None:
    """The request for a second person that the same order made before."""
    made = already_made(session, act)
    return made if made and session.get(ApprovalRequest, made) else None


def keep_or_ask(
    session: Session, keep: Callable[[], Sequence[Programme]], asked: Callable[[Sequence[Programme]], ProgrammesMade],
    who: Caller, act: Act, ports: Ports,
) -> str | None:  # fmt: skip
    """Keep programmes; where a second person is needed they are taken back, and the request's id is given.

    `keep` gives those that it kept, `asked` makes the wish of them.
    """
    with session.begin_nested() as tried:
        kept = keep()
        if not kept:
            return None
        wish = asked(kept)
        seen, judged = weigh(session, PROGRAMMES, wish, "", who, act, ports)
        if judged.reason is None:
            return None
        tried.rollback()
    if is_alone(session, PROGRAMMES, seen, who, act.now, ports):
        keep()
        record_alone(session, seen, PROGRAMMES.kind, act)
        return None
    made = ask(session, PROGRAMMES, wish, seen, judged, act, ports)
    remember(session, act, made)
    return made
