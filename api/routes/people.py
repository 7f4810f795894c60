"""Persons who log in, as those who administer their places look after them."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ConfigDict, Field, StringConstraints
from sqlmodel import Session, col, or_, select

from api.approvals import WAITS, ApprovalShown, ports_of, waiting
from api.deps import Key, Served, act_of, permit
from api.paging import After, Limit, newest_first
from api.places import require_there
from api.problems import READS, WRITES, refusals
from api.routes.roles import GrantShown, grant_shown
from api.shapes import Asked, Id, Instant, Name, Page, Shown
from api.timestamps import to_utc, to_utc_or_none
from controller.approvals.asking import order
from controller.approvals.catalogue import STANDING
from controller.approvals.staffing import Standing
from controller.errors.people import PersonUnknown
from controller.people.answered import already_made, remember
from controller.people.api_keys import keys_in_force
from controller.people.callers import Caller
from controller.people.forgetting import forget_who_is_out
from controller.people.inviting import invite
from controller.people.models import ApiKey, Person, RoleGrant
from controller.people.newcomers import PERSON, add_person
from controller.people.permissions import Action
from controller.people.persons import change_person, get_person
from controller.people.standing import grants_in_force, lasting
from controller.runtime.services import Services

router = APIRouter(prefix="/persons", tags=["people"])

Keeper = Annotated[Caller, Depends(permit(Action.PERSON_EDIT))]
Forgetter = Annotated[Caller, Depends(permit(Action.PERSON_FORGET))]
Somebody = Annotated[Caller, Depends(permit(Action.SEE))]
NOT_PUT_OUT = ("person_unknown", "last_administrator", "person_needed", "code_needed")
Tongue = Literal["vi", "en"]


class PersonWish(Asked):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"login": "nguyen.an", "name": "Nguyễn Thị An", "area": "0f6a2c9e-1f35-4f0b-9a51-93d0c5a7f3d2"}
            ]
        }
    )

    login: Annotated[str, StringConstraints(min_length=2, max_length=64), Field(description="What they log in with.")]
    name: Name
    language: Tongue = "vi"
    area: Annotated[Id | None, Field(description="Whose person they are; null: the installation's.")]


class PersonChange(Asked):
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Nguyễn Thị An", "language": "vi"}]})

    name: Name
    language: Tongue = "vi"


class PersonShown(Shown):
    id: Id
    login: str
    name: str
    language: str
    area: Id | None
    roles: Annotated[list[GrantShown], Field(description="Those in force.")]
    keys: Annotated[
        list[Id],
        Field(description="Keys for programs that they made, in force and seen by you: they outlive their maker."),
    ]
    can_log_in: Annotated[bool, Field(description="Whether they have set a password, or a provider vouches.")]
    created_at: Instant
    disabled_at: Instant | None


class PersonMade(PersonShown):
    link: Annotated[
        str | None, Field(description="Path of a page on which they set their password, once; shown this once.")
    ]


@router.post(
    "", status_code=201,
    responses=refusals(*WRITES, "login_taken", "login_invalid", "area_ended", within=["area_unknown"]),
)  # fmt: skip
def create(
    wish: PersonWish, request: Request, response: Response, services: Served, who: Keeper, key: Key = None
) -> PersonMade:
    """Invite somebody. They may nothing before they have a role."""
    act = act_of(services, request, who, key, wish.model_dump_json())
    with services.database.write() as session:
        require_there(session, who, Action.PERSON_EDIT, wish.area)
        made, link = already_made(session, act), None
        if made is None:
            made = services.new_id()
            add_person(session, made, wish.login, wish.name, act, wish.language, wish.area)
            link = invite(session, made, act, services.entropy)
            remember(session, act, made)
        session.flush()
        response.headers["Location"] = f"{request.url.path}/{made}"
        return PersonMade(**_shown(session, get_person(session, made), act.now, who), link=link)


@router.get("", responses=refusals(*READS, "page_unknown"))
def index(services: Served, who: Somebody, after: After = None, limit: Limit = 50) -> Page[PersonShown]:
    """Those with a role at places that you administer, and yourself; the newest first."""
    now = services.now()
    with services.database.read() as session:
        rows, more = newest_first(session, Person, Person.created_at, after, limit, *_looked_after(who, now))
        return Page(items=[PersonShown(**_shown(session, row, now, who)) for row in rows], next=more)


@router.get("/{person}", responses=refusals(*READS, "person_unknown"))
def one(person: Id, services: Served, who: Somebody) -> PersonShown:
    """One of those whom you look after, or yourself."""
    now = services.now()
    with services.database.read() as session:
        row = session.exec(select(Person).where(Person.id == person, *_looked_after(who, now))).first()
        if row is None:
            raise PersonUnknown(person=person)
        return PersonShown(**_shown(session, row, now, who))


@router.put("/{person}", responses=refusals(*WRITES, "person_unknown"))
def change(person: Id, wish: PersonChange, request: Request, services: Served, who: Keeper) -> PersonShown:
    """What they are called, and in which language they are spoken to."""
    act = act_of(services, request, who, None)
    with services.database.write() as session:
        change_person(session, person, wish.name, wish.language, act)
        session.flush()
        return PersonShown(**_shown(session, get_person(session, person), act.now, who))


@router.post("/{person}/link", responses=refusals(*WRITES, "person_unknown", "link_refused"))
def link(person: Id, request: Request, services: Served, who: Keeper, key: Key = None) -> PersonMade:
    """A new one-time link for a password; it voids the one before. Not for whoever may approve."""
    act = act_of(services, request, who, key)
    with services.database.write() as session:
        made = invite(session, person, act, services.entropy)
        session.flush()
        return PersonMade(**_shown(session, get_person(session, person), act.now, who), link=made)


@router.post(
    "/{person}/disable", responses=refusals(*WRITES, *NOT_PUT_OUT) | WAITS
)  # fmt: skip
def disable(
    person: Id, request: Request, response: Response, services: Served, who: Keeper, key: Key = None
) -> PersonShown | ApprovalShown:
    """They are out at once. Where they may approve, it takes two people. Twice changes nothing."""
    return _stand(services, request, response, who, Standing(person, True), key)


@router.post(
    "/{person}/enable", responses=refusals(*WRITES, *NOT_PUT_OUT) | WAITS
)  # fmt: skip
def enable(
    person: Id, request: Request, response: Response, services: Served, who: Keeper, key: Key = None
) -> PersonShown | ApprovalShown:
    """They may log in again. With roles it takes two people. Twice changes nothing."""
    return _stand(services, request, response, who, Standing(person, False), key)


@router.post("/{person}/forget", status_code=204, responses=refusals(*WRITES, "person_unknown", "person_still_in"))
def forgotten(person: Id, request: Request, services: Served, who: Forgetter, key: Key = None) -> None:
    """Name, log-in and addresses are found nowhere any more; what they did stays, by an id that names nobody.

    Only of somebody who is out. It cannot be taken back. Twice changes nothing.
    """
    with services.database.write() as session:
        forget_who_is_out(session, person, act_of(services, request, who, key))


def _stand(
    services: Services, request: Request, response: Response, who: Caller, wish: Standing, key: str | None
) -> PersonShown | ApprovalShown:
    act = act_of(services, request, who, key)
    with services.database.write() as session:
        made = order(session, STANDING, wish, who, act, ports_of(services))
    if made.waits:
        return waiting(request, response, services, who, made.id)
    with services.database.read() as session:
        return PersonShown(**_shown(session, get_person(session, wish.person), act.now, who))


def _looked_after(who: Caller, now: int) -> list[Any]:
    """What the rows have in common whom the caller may see."""
    areas = who.rights.areas(Action.PERSON_EDIT)
    if areas is None:
        return []
    there = select(RoleGrant.person_id).where(col(RoleGrant.area_id).in_(areas), *lasting(now))
    own = col(Person.id) == who.id.removeprefix(PERSON)
    return [or_(own, col(Person.area_id).in_(areas), col(Person.id).in_(there))]


def _shown(session: Session, row: Person, now: int, who: Caller) -> dict[str, Any]:
    """Of their roles those at places that the caller sees."""
    roles = [one for one in grants_in_force(session, row.id, now) if who.sees(one.area_id)]
    return {
        "id": row.id, "login": row.login, "name": row.name, "language": row.language, "area": row.area_id,
        "roles": list(map(grant_shown, roles)), "keys": _keys(session, row, now, who),
        "can_log_in": row.disabled_at is None and (row.password is not None or row.issuer_subject is not None),
        "created_at": to_utc(row.created_at), "disabled_at": to_utc_or_none(row.disabled_at),
    }  # fmt: skip


def _keys(session: Session, row: Person, now: int, who: Caller) -> list[str]:
    """Keys in force that this person made; of those for places that the caller does not see, none."""
    made = select(ApiKey).where(ApiKey.created_by == PERSON + row.id, *keys_in_force(now))
    return [
        one.id
        for one in session.exec(made.order_by(col(ApiKey.id)))
        if (all(map(who.sees, one.areas)) if one.areas else who.sees(None))
    ]
