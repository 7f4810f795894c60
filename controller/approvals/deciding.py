"""A second person decides: what they approve is carried out in the same transaction, as it was asked, once."""

from dataclasses import replace

from sqlmodel import Session

from controller.approvals.asking import needed_to_decide
from controller.approvals.catalogue import DEEDS
from controller.approvals.circle import asker, circle
from controller.approvals.deed import Ports
from controller.errors.approvals import ApprovalOver, ApprovalUnknown, ChangedSince, OwnRequest, PersonNeeded
from controller.errors.base import LoaError
from controller.errors.callers import NotAllowed
from controller.people.approval_models import ApprovalRequest
from controller.people.approval_rules import Nature
from controller.people.approval_states import ApprovalEvent, ApprovalState, state_at, step
from controller.people.audit import Act, record
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.people.rights import Place
from devices.errors import DeviceError
from scheduler.errors import SchedulerError

NOT_BY_WHOM = "asker_may_not"
"""Why it failed: whoever asked may not ask for it any more."""


def approve(session: Session, request: str, who: Caller, words: str, act: Act, ports: Ports) -> ApprovalRequest:
    """Carry it out, or fail with the reason. The same person's second click changes nothing.

    Raises ApprovalUnknown, ApprovalOver, PersonNeeded, OwnRequest, NotAllowed.
    """
    row = _open(session, request, who, ApprovalState.APPROVED, act.now)
    if row.decided_at is not None:
        return row
    may_decide(session, row, who, act.now)
    made, problem = _carried_out(session, row, who, act, ports)
    _settle(row, ApprovalEvent.FAIL if problem else ApprovalEvent.APPROVE, who, words, act.now)
    row.result, row.problem = made, problem
    record(session, act, Action.APPROVE, row.id, f"{row.kind}: {made or problem}", area=area_of(row))
    return row


def refuse(session: Session, request: str, who: Caller, words: str, act: Act) -> ApprovalRequest:
    """It is not done. Raises as `approve`."""
    row = _open(session, request, who, ApprovalState.REFUSED, act.now)
    if row.decided_at is None:
        may_decide(session, row, who, act.now)
        _settle(row, ApprovalEvent.REFUSE, who, words, act.now)
        record(session, act, Action.APPROVE, row.id, f"{row.kind}: refused", area=area_of(row))
    return row


def withdraw(session: Session, request: str, who: Caller, words: str, act: Act) -> ApprovalRequest:
    """Whoever asked takes it back. ApprovalUnknown, ApprovalOver, NotAllowed."""
    row = _open(session, request, who, ApprovalState.WITHDRAWN, act.now)
    if row.decided_at is None:
        if row.created_by_id != who.id:
            raise NotAllowed(action=Action.APPROVE.value)
        _settle(row, ApprovalEvent.WITHDRAW, who, words, act.now)
        record(session, act, Action(row.action), row.id, f"{row.kind}: withdrawn", area=area_of(row))
    return row


def find_request(session: Session, request: str, who: Caller) -> ApprovalRequest:
    """One that concerns the caller: theirs, or one that they may approve at all its places. ApprovalUnknown."""
    row = session.get(ApprovalRequest, request)
    if row is None or not concerns(row, who):
        raise ApprovalUnknown(approval=request)
    return row


def concerns(row: ApprovalRequest, who: Caller) -> bool:
    """Of one for two communes an approver of one sees nothing: it tells what is planned in the other."""
    may_approve = bool(row.places) and who.rights.may_at_all(Action.APPROVE, row.places)
    return row.created_by_id == who.id or may_approve


def may_decide(session: Session, row: ApprovalRequest, who: Caller, now: int) -> None:
    """PersonNeeded, OwnRequest, NotAllowed."""
    if who.kind != "person":
        raise PersonNeeded()
    if not circle(session, who.id, now).isdisjoint(row.circle):
        raise OwnRequest()
    for action in needed_to_decide(Action(row.action), Nature(row.nature)):
        who.require(action, *row.places)


def area_of(row: ApprovalRequest) -> Place:
    return row.places[0] if len(row.places) == 1 else None


def _open(session: Session, request: str, who: Caller, wished: ApprovalState, now: int) -> ApprovalRequest:
    """One that waits, or that the same person has decided the same way before. ApprovalOver."""
    row = find_request(session, request, who)
    state = state_at(row.state, row.expires_at, now)
    if state is wished and row.decided_by_id == who.id:
        return row
    if state is not ApprovalState.WAITING:
        raise ApprovalOver(approval=request, state=state.value)
    return row


def _carried_out(
    session: Session, row: ApprovalRequest, who: Caller, act: Act, ports: Ports
) -> tuple[str | None, str | None]:
    """What was made, or the code of why nothing was."""
    deed = DEEDS[row.kind]
    by = Act(row.created_by, row.origin, act.now, who_id=row.created_by_id, approved_by=who.name)
    try:
        with session.begin_nested():
            asked_by = asker(session, row.created_by_id, act.now, ports.tree)
            if asked_by is None:
                return None, NOT_BY_WHOM
            wish = deed.shape.validate_python(row.wish)
            made = deed.do(session, wish, replace(by), ports)
            seen = deed.look(session, wish, made, by)
            deed.check(session, wish, asked_by, seen)
            if dict(seen.pins) != row.pins:
                raise ChangedSince()
            return made, None
    except NotAllowed:
        return None, NOT_BY_WHOM
    except (LoaError, DeviceError, SchedulerError) as error:
        return None, error.code


def _settle(row: ApprovalRequest, event: ApprovalEvent, who: Caller, words: str, now: int) -> None:
    row.state = step(ApprovalState(row.state), event).value
    row.decided_at, row.decided_by, row.decided_by_id, row.words = now, who.name, who.id, words
