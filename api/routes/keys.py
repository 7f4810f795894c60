"""Keys for programs: made, limited, shown once, looked after and revoked."""

from ipaddress import ip_network
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError
from sqlmodel import col, select

from api.approvals import WAITS, ApprovalShown, ports_of, waiting
from api.deps import Key, Served, act_of, permit
from api.places import require_there
from api.problems import READS, WRITES, refusals
from api.shapes import Asked, Id, Instant, Moment, Name, Page, Shown
from api.timestamps import to_utc, to_utc_or_none
from controller.approvals.asking import order
from controller.approvals.catalogue import KEY
from controller.people.api_keys import KeyWish, digest_of, get_key, make_key, revoke_key
from controller.people.callers import Caller
from controller.people.models import ApiKey
from controller.people.permissions import Action, Role
from controller.people.rights import Place
from controller.runtime.services import Services
from devices.protocol.units import DAY

router = APIRouter(prefix="/keys", tags=["keys"])

Keeper = Annotated[Caller, Depends(permit(Action.KEY_CREATE))]
A_YEAR = 366 * DAY


def _network(said: str) -> str:
    try:
        return str(ip_network(said))
    except ValueError as error:
        raise PydanticCustomError("not_a_network", "not an address or network") from error


class KeyAsked(Asked):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Trạm đo mực nước",
                    "role": "emergency",
                    "areas": ["0f6a2c9e-1f35-4f0b-9a51-93d0c5a7f3d2"],
                    "addresses": ["203.0.113.0/24"],
                    "per_minute": 30,
                }
            ]
        }
    )

    name: Name
    role: Annotated[Role, Field(strict=False)]
    areas: Annotated[
        list[Id], Field(default_factory=list, max_length=200, description="Where it is good; empty: everywhere.")
    ]
    actions: Annotated[
        list[Annotated[Action, Field(strict=False)]],
        Field(default_factory=list, max_length=50, description="To what of its role it is narrowed; empty: all of it."),
    ]
    addresses: Annotated[
        list[Annotated[str, AfterValidator(_network)]],
        Field(default_factory=list, max_length=50, description="CIDR networks from which it is good; empty: all."),
    ]
    per_minute: Annotated[int | None, Field(ge=1, le=60_000, description="Requests a minute; absent: no limit.")] = None
    expires_at: Annotated[Moment | None, Field(description="Absent: in a year.")] = None


class KeyShown(Shown):
    id: Id
    name: str
    role: str
    areas: list[Id]
    actions: list[str]
    addresses: list[str]
    per_minute: int | None
    created_at: Instant
    created_by: Annotated[str, Field(description="Id of who made it; or a user of the machine.")]
    expires_at: Instant | None
    revoked_at: Instant | None
    last_used_at: Annotated[Instant | None, Field(description="To a minute.")]
    last_used_from: str | None


class KeyMade(Shown):
    id: Id
    key: Annotated[str | None, Field(description="The key itself, shown this once; null: it was shown before.")]
    approval: Annotated[
        ApprovalShown | None, Field(description="It is dead until somebody else has approved it; null: it is good.")
    ]


@router.post(
    "", status_code=201,
    responses=refusals(*WRITES, "area_ended", "person_needed", "code_needed", within=["area_unknown"])
    | {202: {**WAITS[202], "model": KeyMade}},
)  # fmt: skip
def create(
    wish: KeyAsked, request: Request, response: Response, services: Served, who: Keeper, key: Key = None
) -> KeyMade:
    """Make one; it can do nothing that you cannot. One that can do more than look takes two people."""
    act = act_of(services, request, who, key, wish.model_dump_json())
    text, name = make_key(services.entropy(24)), services.new_id()
    with services.database.write() as session:
        places: list[Place] = [*wish.areas]
        for area in places or [None]:
            require_there(session, who, Action.KEY_CREATE, area)
        made = order(session, KEY, _asked(wish, name, text, act.now), who, act, ports_of(services))
    if made.waits:
        approval = waiting(request, response, services, who, made.id)
        named = str(approval.wish["id"])
        return KeyMade(id=named, key=text if named == name else None, approval=approval)
    response.headers["Location"] = f"{request.url.path}/{made.id}"
    return KeyMade(id=made.id, key=text if made.id == name else None, approval=None)


@router.get("", responses=refusals(*READS))
def index(services: Served, who: Keeper) -> Page[KeyShown]:
    """Those of places where you look after keys, by name."""
    with services.database.read() as session:
        rows = session.exec(select(ApiKey).order_by(col(ApiKey.name), col(ApiKey.id))).all()
    return Page(items=[_shown(row) for row in rows if who.rights.may_at_all(Action.KEY_CREATE, row.areas or [None])])


@router.get("/{api_key}", dependencies=[Depends(permit(Action.KEY_CREATE))],
            responses=refusals(*READS, "api_key_unknown"))  # fmt: skip
def one(api_key: Id, services: Served) -> KeyShown:
    """Its limits, and when and from where it was last shown."""
    return _show(services, api_key)


@router.post("/{api_key}/revoke", responses=refusals(*WRITES, "api_key_unknown"))
def revoke(api_key: Id, request: Request, services: Served, who: Keeper, key: Key = None) -> KeyShown:
    """It is dead from the next request on. Twice changes nothing."""
    with services.database.write() as session:
        revoke_key(session, api_key, act_of(services, request, who, key))
    return _show(services, api_key)


def _asked(wish: KeyAsked, name: str, text: str, now: int) -> KeyWish:
    return KeyWish(
        name, wish.name, digest_of(text), wish.role.value, tuple(wish.areas), tuple(one.value for one in wish.actions),
        tuple(wish.addresses), wish.per_minute, now + A_YEAR if wish.expires_at is None else wish.expires_at,
    )  # fmt: skip


def _show(services: Services, key: str) -> KeyShown:
    with services.database.read() as session:
        return _shown(get_key(session, key))


def _shown(row: ApiKey) -> KeyShown:
    return KeyShown(
        id=row.id, name=row.name, role=row.role, areas=row.areas, actions=row.actions, addresses=row.addresses,
        per_minute=row.per_minute, created_at=to_utc(row.created_at), created_by=row.created_by,
        expires_at=to_utc_or_none(row.expires_at), revoked_at=to_utc_or_none(row.revoked_at),
        last_used_at=to_utc_or_none(row.last_used_at), last_used_from=row.last_used_from,
    )  # fmt: skip
