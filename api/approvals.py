"""Requests that wait for a second person, as they go over the interface, and the answer where one is needed."""

from typing import Annotated, Any, Literal

from fastapi import Request, Response
from pydantic import Field
from sqlmodel import Session

from api.deps import PREFIX, Served, tree_of
from api.errors import language_of
from api.problems import Language, problem_of
from api.sayings import said_of
from api.shapes import Id, Instant, Shown
from api.timestamps import to_utc, to_utc_or_none
from controller.approvals.deciding import find_request, may_decide
from controller.approvals.deed import Ports
from controller.errors.base import LoaError
from controller.people.approval_models import ApprovalRequest
from controller.people.approval_states import ApprovalState, state_at
from controller.people.callers import Caller
from controller.runtime.services import Services

SECRET = frozenset({"digest"})
"""Of a wish, what nobody needs to see."""


class ApprovalShown(Shown):
    """What somebody asked for, and what became of it. Nothing of it is done before somebody else has approved it."""

    id: Id
    kind: str
    said: Annotated[str, Field(description="In a line.")]
    reason: Annotated[
        Literal["sensitive", "everyone", "role", "rank", "size", "source"],
        Field(description="Why a second person is needed."),
    ]
    reason_said: str
    state: Literal["waiting", "approved", "refused", "withdrawn", "expired", "failed"]
    subject: Annotated[str | None, Field(description="Id of what it is about, where that is there already.")]
    places: Annotated[list[Id | None], Field(description="Areas that it concerns; null: the installation.")]
    speakers: Annotated[int, Field(description="How many would sound.")]
    everyone: bool
    bulletin: Id | None
    listen: Annotated[str | None, Field(description="Where its sound can be heard beforehand.")]
    start_at: Annotated[Instant | None, Field(description="null: as soon as it is approved, or by a rule.")]
    wish: Annotated[dict[str, Any], Field(description="All that was asked for: this is what would be carried out.")]
    fingerprint: Annotated[str, Field(description="SHA-256 of what would be carried out.")]
    created_at: Instant
    created_by: str
    expires_at: Annotated[Instant, Field(description="Undecided by then, it is not done.")]
    may_decide: Annotated[bool, Field(description="Whether you may approve or refuse it.")]
    decided_at: Instant | None
    decided_by: str | None
    words: Annotated[str, Field(description="What whoever decided said of it.")]
    result: Annotated[str | None, Field(description="Id of what was made.")]
    problem: Annotated[str | None, Field(description="Code of why it could not be carried out.")]
    problem_said: str | None


WAITS: dict[int | str, dict[str, Any]] = {
    202: {"model": ApprovalShown, "description": "It waits for a second person; nothing of it is done."}
}


def ports_of(services: Services) -> Ports:
    """What carrying out takes from outside."""
    air = services.settings.air
    return Ports(services.new_id, tree_of(services), air.lead_ms, air.alert_lead_ms)


def waiting(request: Request, response: Response, services: Served, who: Caller, approval: str) -> ApprovalShown:
    """The answer where nothing was done yet."""
    response.status_code = 202
    response.headers["Location"] = f"{PREFIX}/approvals/{approval}"
    with services.database.read() as session:
        row = find_request(session, approval, who)
        return approval_shown(session, row, who, services.now(), language_of(request))


def approval_shown(session: Session, row: ApprovalRequest, who: Caller, now: int, language: Language) -> ApprovalShown:
    state = state_at(row.state, row.expires_at, now)
    return ApprovalShown(
        id=row.id, kind=row.kind, said=row.said, reason=row.reason,
        reason_said=said_of(f"second_person_{row.reason}", language),
        state=state.value, subject=row.subject, places=row.places, speakers=row.speakers, everyone=row.everyone,
        bulletin=row.bulletin_id, listen=f"{PREFIX}/bulletins/{row.bulletin_id}/audio" if row.bulletin_id else None,
        start_at=to_utc_or_none(row.start_at),
        wish={name: value for name, value in row.wish.items() if name not in SECRET}, fingerprint=row.fingerprint,
        created_at=to_utc(row.created_at), created_by=row.created_by, expires_at=to_utc(row.expires_at),
        may_decide=state is ApprovalState.WAITING and _may(session, row, who, now),
        decided_at=to_utc_or_none(row.decided_at), decided_by=row.decided_by, words=row.words, result=row.result,
        problem=row.problem, problem_said=_problem(row.problem, language),
    )  # fmt: skip


def _may(session: Session, row: ApprovalRequest, who: Caller, now: int) -> bool:
    try:
        may_decide(session, row, who, now)
    except LoaError:
        return False
    return True


def _problem(code: str | None, language: Language) -> str | None:
    return None if code is None else problem_of(code).title.said(language, {})
