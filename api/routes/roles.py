"""Who has which role where: given, taken back, and lent for a holiday."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import ConfigDict, Field
from sqlmodel import Session, col, or_, select

from api.approvals import WAITS, ApprovalShown, ports_of, waiting
from api.deps import Key, Served, act_of, permit, tree_of
from api.places import require_there
from api.problems import READS, WRITES, refusals
from api.shapes import Asked, Id, Instant, Moment, Page, Shown
from api.timestamps import to_utc, to_utc_or_none
from controller.approvals.asking import order
from controller.approvals.catalogue import ROLE, ROLE_END
from controller.approvals.staffing import RoleEnd
from controller.errors.approvals import PersonNeeded
from controller.errors.people import PersonUnknown
from controller.people.answered import already_made, remember
from controller.people.callers import Caller
from controller.people.delegations import Lending, lend
from controller.people.grants import RoleWish, end_role, get_grant, may_end
from controller.people.models import Person, RoleGrant
from controller.people.newcomers import PERSON, find_person
from controller.people.permissions import Action, Role
from controller.people.persons import get_person, places_of
from controller.people.standing import in_force

router = APIRouter(tags=["people"])

NOT_GIVEN = ("area_ended", "own_role", "last_administrator", "person_needed", "code_needed")

Giver = Annotated[Caller, Depends(permit(Action.ROLE_GIVE))]
Somebody = Annotated[Caller, Depends(permit(Action.SEE))]


class RoleAsked(Asked):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "person": "5b0c7a52-3a53-4a51-8f0e-6d6a3f0f1f11",
                    "role": "editor",
                    "area": "0f6a2c9e-1f35-4f0b-9a51-93d0c5a7f3d2",
                }
            ]
        }
    )

    person: Id
    role: Annotated[Role, Field(strict=False)]
    area: Annotated[Id | None, Field(description="With all within it; null: the whole installation.")]
    until: Annotated[Moment | None, Field(description="It ends by itself then; absent: for good.")] = None


class DelegationAsked(Asked):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "to": "nguyen.an",
                    "role": "approver",
                    "area": "0f6a2c9e-1f35-4f0b-9a51-93d0c5a7f3d2",
                    "until": "2026-12-31T00:00:00+07:00",
                }
            ]
        }
    )

    to: Annotated[str, Field(min_length=1, max_length=64, description="With what the other one logs in.")]
    role: Annotated[Role, Field(strict=False, description="One of your own.")]
    area: Annotated[Id | None, Field(description="Where you have it, or within; null: the whole installation.")]
    until: Annotated[Moment, Field(description="60 days ahead at most.")]


class GrantShown(Shown):
    id: Id
    person: Id
    role: str
    area: Annotated[Id | None, Field(description="With all within it; null: the whole installation.")]
    since: Instant
    until: Instant | None
    lent_by: Annotated[Id | None, Field(description="Who lent it; null: it is the person's own.")]
    ended_at: Instant | None


@router.get("/roles", responses=refusals(*READS, within=["person_unknown"]))
def index(
    services: Served, who: Somebody, person: Annotated[Id | None, Query(description="Only this person's.")] = None
) -> Page[GrantShown]:
    """Roles in force at places where you give roles, and your own."""
    wanted = [] if person is None else [RoleGrant.person_id == person]
    with services.database.read() as session:
        return Page(items=_in_force(session, services.now(), who, *wanted))


@router.post(
    "/roles", status_code=201,
    responses=refusals(*WRITES, *NOT_GIVEN, within=["person_unknown", "area_unknown"]) | WAITS,
)  # fmt: skip
def give(
    wish: RoleAsked, request: Request, response: Response, services: Served, who: Giver, key: Key = None
) -> GrantShown | ApprovalShown:
    """Give a role whose every right you have there yourself; never to yourself. It always takes two people."""
    act = act_of(services, request, who, key, wish.model_dump_json())
    asked = RoleWish(wish.person, wish.role.value, wish.area, wish.until)
    with services.database.write() as session:
        require_there(session, who, Action.ROLE_GIVE, wish.area)
        _known(session, who, wish.person, act.now)
        made = order(session, ROLE, asked, who, act, ports_of(services))
        if not made.waits:
            response.headers["Location"] = f"{request.url.path}/{made.id}"
            return grant_shown(get_grant(session, made.id))
    return waiting(request, response, services, who, made.id)


@router.post(
    "/roles/{grant}/end",
    responses=refusals(*WRITES, "grant_unknown", "last_administrator", "person_needed", "code_needed") | WAITS,
)  # fmt: skip
def end(
    grant: Id, request: Request, response: Response, services: Served, who: Giver, key: Key = None
) -> GrantShown | ApprovalShown:
    """Take it back: their sessions are dead at once. Where it made them a second person, it takes two."""
    act = act_of(services, request, who, key)
    with services.database.write() as session:
        made = order(session, ROLE_END, RoleEnd(grant), who, act, ports_of(services))
        if not made.waits:
            return grant_shown(get_grant(session, grant))
    return waiting(request, response, services, who, made.id)


@router.get("/delegations", responses=refusals(*READS))
def lent(services: Served, who: Somebody) -> Page[GrantShown]:
    """Roles lent by you, to you, and at places where you give roles."""
    with services.database.read() as session:
        return Page(items=_in_force(session, services.now(), who, col(RoleGrant.delegated_by).is_not(None)))


@router.post(
    "/delegations", status_code=201,
    responses=refusals(
        *WRITES, "delegation_invalid", "person_needed", "area_ended", within=["person_unknown", "area_unknown"]
    ),
)  # fmt: skip
def lend_(
    wish: DelegationAsked, request: Request, response: Response, services: Served, who: Somebody, key: Key = None
) -> GrantShown:
    """Lend one of your roles for a holiday. It ends with its day, with your role, or when you take it back."""
    if who.kind != "person":
        raise PersonNeeded()
    act = act_of(services, request, who, key, wish.model_dump_json())
    with services.database.write() as session:
        require_there(session, who, Action.SEE, wish.area)
        made = already_made(session, act)
        if made is None:
            taker = find_person(session, wish.to)
            if taker is None or not _is_seen(session, who, taker, act.now):
                raise PersonUnknown(person=wish.to)
            asked = Lending(taker.id, wish.role.value, wish.area, wish.until)
            made = lend(session, asked, act, services.new_id, tree_of(services))
            remember(session, act, made)
        response.headers["Location"] = f"{request.url.path}/{made}"
        return grant_shown(get_grant(session, made))


@router.post("/delegations/{grant}/end", responses=refusals(*WRITES, "grant_unknown"))
def take_back(grant: Id, request: Request, services: Served, who: Somebody, key: Key = None) -> GrantShown:
    """Before its day: by who lent it, who borrowed it, or who gives roles there. Twice changes nothing."""
    act = act_of(services, request, who, key)
    with services.database.write() as session:
        row = get_grant(session, grant)
        if row.delegated_by is None:
            who.require(Action.ROLE_GIVE, row.area_id)
            return grant_shown(row)
        may_end(who, row)
        end_role(session, grant, act)
        return grant_shown(row)


def grant_shown(row: RoleGrant) -> GrantShown:
    return GrantShown(
        id=row.id, person=row.person_id, role=row.role, area=row.area_id, since=to_utc(row.since),
        until=to_utc_or_none(row.until), lent_by=row.delegated_by, ended_at=to_utc_or_none(row.ended_at),
    )  # fmt: skip


def _in_force(session: Session, now: int, who: Caller, *wanted: Any) -> list[GrantShown]:
    rows = select(RoleGrant).where(col(RoleGrant.ended_at).is_(None), *wanted, *_visible(who))
    found = session.exec(rows.order_by(col(RoleGrant.since), col(RoleGrant.id)))
    return [grant_shown(row) for row in found if in_force(row, now)]


def _visible(who: Caller) -> list[Any]:
    areas = who.rights.areas(Action.ROLE_GIVE)
    if areas is None:
        return []
    me = who.id.removeprefix(PERSON)
    mine = or_(col(RoleGrant.person_id) == me, col(RoleGrant.delegated_by) == me)
    return [or_(mine, col(RoleGrant.area_id).in_(areas))]


def _known(session: Session, who: Caller, person: str, now: int) -> None:
    """PersonUnknown for somebody who is nowhere that the caller sees."""
    if not _is_seen(session, who, get_person(session, person), now):
        raise PersonUnknown(person=person)


def _is_seen(session: Session, who: Caller, person: Person, now: int) -> bool:
    return any(map(who.sees, places_of(session, person, now)))
