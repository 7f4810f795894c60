"""Claim codes: a technician makes them for a place and prints them; a speaker joins by one, once."""

import base64
import hashlib
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlmodel import Session, col, select

from api.deps import Key, Served, Viewer, act_of, own_address, permit
from api.errors import language_of
from api.paging import After, Limit, newest_first
from api.problems import READS, WRITES, refusals
from api.shapes import Id, Instant, Located, Name, Page, Shown
from api.timestamps import to_utc, to_utc_or_none
from controller.enrolment.claims import (
    MOST_DAYS,
    USUAL_DAYS,
    Claim,
    Mint,
    Printed,
    claim_for,
    make_claims,
    withdraw_claim,
)
from controller.enrolment.labels import STYLE, Label, claim_text, label_page, until_said
from controller.errors.enrolment import AddressNotSet
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.reach.admission import admit_named
from controller.reach.sight import Sight
from controller.runtime.services import Services
from devices.areas import path
from devices.models import Area, ClaimCode
from devices.protocol.keys import VerifyKey
from devices.registry import parents

router = APIRouter(prefix="/claim-codes", tags=["devices"])

Technician = Annotated[Caller, Depends(permit(Action.DEVICE_ENROL))]


class ClaimWish(Located):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"area": "0f6a2c9e-1f35-4f0b-9a51-93d0c5a7f3d2", "name": "Loa ấp 3", "count": 2, "days": 14}]
        }
    )

    area: Annotated[Id | None, Field(description="Where the speakers will stand; not with `replaces`.")] = None
    name: Annotated[Name | None, Field(description="What they will be called; several are numbered.")] = None
    count: Annotated[int, Field(ge=1, le=250)] = 1
    bearing: Annotated[float | None, Field(ge=0, le=360, description="Degrees from north over east.")] = None
    replaces: Annotated[Id | None, Field(description="Instead: the speaker whose place another box takes.")] = None
    days: Annotated[int, Field(ge=1, le=MOST_DAYS, description="How long the codes are good.")] = USUAL_DAYS

    @model_validator(mode="after")
    def _place_or_speaker(self) -> Self:
        named = self.area is not None and self.name is not None
        if named == (self.replaces is not None) or (self.replaces is not None and self.count > 1):
            raise PydanticCustomError("place_or_speaker", "area and name, or one speaker to replace")
        return self


class ClaimShown(Shown):
    id: Id
    name: str
    area: Id
    replaces: Id | None
    created_at: Instant
    created_by: str
    expires_at: Instant
    withdrawn_at: Instant | None
    used_at: Instant | None
    device: Annotated[Id | None, Field(description="Who joined by it.")]
    refused: Annotated[int, Field(description="How often others tried it after that.")]


class ClaimMade(ClaimShown):
    code: Annotated[str | None, Field(description="Shown this once; null: it has been used since the first answer.")]
    text: Annotated[str | None, Field(description="What its QR code says.")]
    place: Annotated[str, Field(description="Its area with those above it, as labels have it.")]
    until: Annotated[str, Field(description="When it ends, as labels have it.")]


class ClaimsMade(Shown):
    items: list[ClaimMade]


@router.post(
    "", status_code=201, response_model=ClaimsMade,
    responses=refusals(*WRITES, "status_not_possible", "address_not_set", within=["area_unknown", "device_unknown"])
    | {201: {"content": {"text/html": {}}}},
)  # fmt: skip
def create(
    wish: ClaimWish, request: Request, services: Served, who: Technician,
    form: Annotated[Literal["json", "labels"], Query(alias="format", description="Or a page to print.")] = "json",
    printed: Annotated[bool, Query(description="The codes go onto labels: refused as those are.")] = False,
    key: Key = None,
) -> ClaimsMade | Response:  # fmt: skip
    """Make codes for new speakers of a place, or for the box that replaces one.

    They are shown this once and kept as hashes. The same `Idempotency-Key` again makes them anew: those of the first
    answer are void.
    """
    if printed or form == "labels":
        check_reachable(services, request)
    act = act_of(services, request, who, key, wish.model_dump_json())
    with services.database.write() as session:
        admit_named(session, who, Action.DEVICE_ENROL, wish)
        codes = make_claims(session, _claims(session, wish), wish.days, act, Mint(services.entropy, services.new_id))
        labels = _labels(session, codes, request, services)
    if form == "labels":
        return labels_answer(labels, request, 201)
    made = [_made(one, label) for one, label in zip(codes, labels, strict=True)]
    return ClaimsMade(items=made)


@router.get("", responses=refusals(*READS, "page_unknown", "area_unknown"))
def index(
    services: Served, who: Viewer, after: After = None, limit: Limit = 50,
    area: Annotated[Id | None, Query(description="Only those of this area.")] = None,
    open: Annotated[bool | None, Query(description="Only those that let somebody in, or do not.")] = None,
) -> Page[ClaimShown]:  # fmt: skip
    """Codes that were made, the newest first; never the codes themselves."""
    good = col(ClaimCode.used_at).is_(None) & col(ClaimCode.withdrawn_at).is_(None)
    good &= col(ClaimCode.expires_at) > services.now()
    wanted = [] if open is None else [good if open else ~good]
    with services.database.read() as session:
        wanted.append(Sight(session, who).of("claim_code"))
        if area is not None:
            parents(session, area)
            wanted.append(col(ClaimCode.area_id) == area)
        rows, following = newest_first(session, ClaimCode, ClaimCode.created_at, after, limit, *wanted)
    return Page(items=[ClaimShown(**_fields(row)) for row in rows], next=following)


@router.post("/{claim_code}/withdraw", responses=refusals(*WRITES, "claim_code_unknown"))
def withdraw(claim_code: Id, request: Request, services: Served, who: Technician, key: Key = None) -> ClaimShown:
    """Nobody joins by it any more; who has joined stays."""
    with services.database.write() as session:
        row = withdraw_claim(session, claim_code, act_of(services, request, who, key))
        return ClaimShown(**_fields(row))


def labels_answer(labels: Sequence[Label], request: Request, status: int) -> HTMLResponse:
    """A page to print, with its own style and nothing else."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"
    page = label_page([one for one in labels if one.code], language_of(request))
    return HTMLResponse(page, status, headers={"Content-Security-Policy": policy, "Vary": "Accept-Language"})


def check_reachable(services: Services, request: Request) -> None:
    """AddressNotSet where a label would lead whoever reads it to itself. Who has set such an address means it."""
    address = own_address(services, request)
    host = urlsplit(address).hostname or ""
    if services.settings.api.public_url is None and (host == "localhost" or _leads_nowhere(host)):
        raise AddressNotSet(address=address)


def bearings(request: Request, services: Services) -> tuple[str, str]:
    """Where a speaker brings its code, and the key id of the root that must answer."""
    return own_address(services, request), VerifyKey(services.keyring.birth("")["root"]).id


def label_of(session: Session, one: Printed, at: str, root: str) -> Label:
    """A code with what stands beside it on paper."""
    row, code = one.row, one.code or ""
    names = dict(session.exec(select(Area.id, Area.name)).all())
    text = claim_text(code, at, root) if code else ""
    place = path(row.area_id, parents(session), names)
    return Label(row.name, place, code, until_said(to_utc(row.expires_at)), text, row.replaces is not None)


def _leads_nowhere(host: str) -> bool:
    try:
        return ip_address(host).is_loopback or ip_address(host).is_unspecified
    except ValueError:
        return False


def _claims(session: Session, wish: ClaimWish) -> list[Claim]:
    if wish.replaces is not None:
        return [claim_for(session, wish.replaces)]
    name, area = wish.name or "", wish.area or ""
    names = [name] if wish.count == 1 else [f"{name} {number:02d}" for number in range(1, wish.count + 1)]
    return [Claim(area, one, wish.latitude, wish.longitude, wish.bearing) for one in names]


def _labels(session: Session, printed: Sequence[Printed], request: Request, services: Services) -> list[Label]:
    return [label_of(session, one, *bearings(request, services)) for one in printed]


def _made(one: Printed, label: Label) -> ClaimMade:
    return ClaimMade(**_fields(one.row), code=one.code, text=label.text or None, place=label.place, until=label.until)


def _fields(row: ClaimCode) -> dict[str, object]:
    return {
        "id": row.id, "name": row.name, "area": row.area_id, "replaces": row.replaces,
        "created_at": to_utc(row.created_at), "created_by": row.created_by, "expires_at": to_utc(row.expires_at),
        "withdrawn_at": to_utc_or_none(row.withdrawn_at), "used_at": to_utc_or_none(row.used_at),
        "device": row.device_id, "refused": row.refused,
    }  # fmt: skip
