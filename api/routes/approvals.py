"""What waits for a second person: looked at, listened to, approved, refused or taken back."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import ConfigDict, StringConstraints
from sqlmodel import Session, col

from api.approvals import ApprovalShown, approval_shown, ports_of
from api.deps import Key, Served, act_of, permit
from api.errors import RequestRefused, language_of
from api.paging import After, Limit, newest_first
from api.problems import READS, WRITES, refusals
from api.shapes import Asked, Id, Page
from controller.approvals.deciding import approve, concerns, find_request, refuse, withdraw
from controller.people.approval_models import ApprovalRequest
from controller.people.approval_states import ApprovalState, state_at
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.runtime.services import Services

router = APIRouter(prefix="/approvals", tags=["approvals"])

Approver = Annotated[Caller, Depends(permit(Action.APPROVE))]
Somebody = Annotated[Caller, Depends(permit(Action.SEE))]
DECIDED = ("approval_unknown", "approval_over", "own_request", "person_needed")
LOT = 200


class WordsWish(Asked):
    model_config = ConfigDict(json_schema_extra={"examples": [{"words": "Sai ngày họp."}]})

    words: Annotated[str, StringConstraints(max_length=1_000)] = ""


@router.get("", responses=refusals(*READS, "page_unknown"))
def index(
    request: Request, services: Served, who: Somebody,
    which: Annotated[
        Literal["all", "mine", "waiting"], Query(description="`waiting`: those that you may decide now.")
    ] = "all",
    after: After = None, limit: Limit = 50,
) -> Page[ApprovalShown]:  # fmt: skip
    """Your own, and those of which you approve at every place; the newest first."""
    now, language = services.now(), language_of(request)
    with services.database.read() as session:
        found, more = _found(session, who, which, after, limit, now)
        return Page(items=[approval_shown(session, row, who, now, language) for row in found], next=more)


@router.get("/{approval}", responses=refusals(*READS, "approval_unknown"))
def one(approval: Id, request: Request, services: Served, who: Somebody) -> ApprovalShown:
    """What exactly was asked for, and what became of it."""
    with services.database.read() as session:
        row = find_request(session, approval, who)
        return approval_shown(session, row, who, services.now(), language_of(request))


@router.post("/{approval}/approve", responses=refusals(*WRITES, *DECIDED))
def approve_(
    approval: Id, wish: WordsWish, request: Request, services: Served, who: Approver, key: Key = None
) -> ApprovalShown:
    """Carry out exactly what was asked. `failed`: it could not be, and nothing was done. Twice changes nothing."""
    act = act_of(services, request, who, key)
    with services.database.write() as session:
        row = approve(session, approval, who, wish.words, act, ports_of(services))
        session.flush()
        shown = approval_shown(session, row, who, act.now, language_of(request))
    _ring(services)
    return shown


@router.post("/{approval}/refuse", responses=refusals(*WRITES, *DECIDED))
def refuse_(
    approval: Id, wish: WordsWish, request: Request, services: Served, who: Approver, key: Key = None
) -> ApprovalShown:
    """It is not done. Twice changes nothing."""
    act = act_of(services, request, who, key)
    with services.database.write() as session:
        row = refuse(session, approval, who, wish.words, act)
        return approval_shown(session, row, who, act.now, language_of(request))


@router.post("/{approval}/withdraw", responses=refusals(*WRITES, "approval_unknown", "approval_over"))
def withdraw_(
    approval: Id, wish: WordsWish, request: Request, services: Served, who: Somebody, key: Key = None
) -> ApprovalShown:
    """Take back your own request. Twice changes nothing."""
    act = act_of(services, request, who, key)
    with services.database.write() as session:
        row = withdraw(session, approval, who, wish.words, act)
        return approval_shown(session, row, who, act.now, language_of(request))


def _found(
    session: Session, who: Caller, which: str, after: str | None, limit: int, now: int
) -> tuple[list[ApprovalRequest], str | None]:
    """A page of those that concern the caller, and where the next one begins."""
    wanted = (
        []
        if which == "all"
        else [col(ApprovalRequest.state) == "waiting"]
        if which == "waiting"
        else [col(ApprovalRequest.created_by_id) == who.id]
    )
    found: list[ApprovalRequest] = []
    if after is not None:
        _known(session, after, who)
    while len(found) <= limit:
        rows, more = newest_first(session, ApprovalRequest, ApprovalRequest.created_at, after, LOT, *wanted)
        found += [row for row in rows if concerns(row, who) and (which != "waiting" or _waits(row, who, now))]
        if more is None:
            break
        after = more
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def _known(session: Session, after: str, who: Caller) -> None:
    """A page after what does not concern the caller is as unknown as one after nothing."""
    row = session.get(ApprovalRequest, after)
    if row is None or not concerns(row, who):
        raise RequestRefused("page_unknown", after=after)


def _waits(row: ApprovalRequest, who: Caller, now: int) -> bool:
    waits = state_at(row.state, row.expires_at, now) is ApprovalState.WAITING
    return waits and row.created_by_id != who.id and who.rights.may_at_all(Action.APPROVE, row.places)


def _ring(services: Services) -> None:
    """Whatever it was that began."""
    services.ring()
    services.ring_almanac()
    services.ring_voice()
