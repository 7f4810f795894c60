"""When a place wants a second person, beyond what always needs one."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ConfigDict, Field
from sqlmodel import Session

from api.approvals import WAITS, ApprovalShown, ports_of, waiting
from api.deps import Served, act_of, permit
from api.problems import READS, WRITES, refusals
from api.shapes import Asked, Id, Shown
from controller.approvals.asking import order
from controller.approvals.catalogue import POLICY
from controller.approvals.guarding import PolicyWish
from controller.people.approval_rules import Policy
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.people.policies import policy_at, read_policies
from controller.people.rights import Place
from controller.runtime.services import Services
from devices.registry import parents

router = APIRouter(tags=["approvals"])

Rank = Literal["normal", "priority"]
Source = Literal["text", "upload", "playlist", "relay", "program"]


class Said(Asked):
    """Empty: nothing beyond what always needs a second person."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ranks": ["priority"], "from_speakers": 50}]})

    ranks: Annotated[list[Rank], Field(default_factory=list, max_length=2, description="These wait.")]
    sources: Annotated[
        list[Source], Field(default_factory=list, max_length=5, description="`program`: what keys order waits too.")
    ]
    from_speakers: Annotated[int | None, Field(ge=1, le=100_000, description="From so many speakers on.")] = None
    from_percent: Annotated[
        int | None, Field(ge=1, le=100, description="From such a share of the installation's speakers on.")
    ] = None
    hours: Annotated[int, Field(ge=1, le=720, description="How long a request waits.")] = Policy.hours


class PolicyShown(Shown):
    area: Annotated[Id | None, Field(description="null: the installation.")]
    said: Annotated[Said | None, Field(description="What is said here; null: nothing.")]
    holds: Annotated[Said, Field(description="What holds here: with what is said above, the stricter each time.")]


@router.get("/approval-policy", dependencies=[Depends(permit(Action.SEE))], responses=refusals(*READS))
def of_all(services: Served) -> PolicyShown:
    """Of the whole installation."""
    return _show(services, None)


@router.put("/approval-policy", responses=refusals(*WRITES, "person_needed", "code_needed") | WAITS)
def set_for_all(
    wish: Said, request: Request, response: Response, services: Served,
    who: Annotated[Caller, Depends(permit(Action.POLICY_EDIT, installation=True))],
) -> PolicyShown | ApprovalShown:  # fmt: skip
    """For the whole installation. Always two people."""
    return _set(services, request, response, who, None, wish)


@router.get(
    "/areas/{area}/approval-policy", dependencies=[Depends(permit(Action.SEE))],
    responses=refusals(*READS, "area_unknown"),
)  # fmt: skip
def of_area(area: Id, services: Served) -> PolicyShown:
    """Of one place, and what holds there."""
    return _show(services, area)


@router.put(
    "/areas/{area}/approval-policy",
    responses=refusals(*WRITES, "area_unknown", "area_ended", "person_needed", "code_needed") | WAITS,
)
def set_for_area(
    area: Id, wish: Said, request: Request, response: Response, services: Served,
    who: Annotated[Caller, Depends(permit(Action.POLICY_EDIT))],
) -> PolicyShown | ApprovalShown:  # fmt: skip
    """For a place with all within it. Always two people; it never loosens what is said above."""
    return _set(services, request, response, who, area, wish)


def _set(
    services: Services, request: Request, response: Response, who: Caller, area: Place, wish: Said
) -> PolicyShown | ApprovalShown:
    said = Policy(frozenset(wish.ranks), frozenset(wish.sources), wish.from_speakers, wish.from_percent, wish.hours)
    with services.database.write() as session:
        _there(session, area)
        made = order(
            session, POLICY, PolicyWish(area, said), who, act_of(services, request, who, None), ports_of(services)
        )
    return waiting(request, response, services, who, made.id) if made.waits else _show(services, area)


def _show(services: Services, area: Place) -> PolicyShown:
    with services.database.read() as session:
        tree = _there(session, area)
        policies = read_policies(session)
    own = policies.get(area)
    holds = policy_at(policies, [area], lambda: tree)
    return PolicyShown(area=area, said=_said(own) if own else None, holds=_said(holds))


def _there(session: Session, area: Place) -> dict[str, str | None]:
    return parents(session, *([area] if area else []))


def _said(policy: Policy) -> Said:
    return Said.model_validate(
        {
            "ranks": sorted(policy.ranks), "sources": sorted(policy.sources), "from_speakers": policy.from_speakers,
            "from_percent": policy.from_percent, "hours": policy.hours,
        }
    )  # fmt: skip
