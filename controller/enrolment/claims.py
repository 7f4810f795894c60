"""Claim codes in the tables: made for places, withdrawn, and made anew where the answer that held them was lost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from controller.enrolment.codes import digest_of, make_code
from controller.errors.enrolment import ClaimCodeUnknown, StatusNotPossible
from controller.people.answered import already_made, remember
from controller.people.audit import Act, record
from controller.people.permissions import Action
from devices.models import ClaimCode, Device
from devices.protocol.units import DAY
from devices.registry import get_device, parents
from devices.standing import Standing, may_become

MOST_DAYS, USUAL_DAYS = 90, 14
SECRET_BYTES = 16


@dataclass(frozen=True)
class Claim:
    """What a code is to be made for."""

    area: str
    name: str
    latitude: float | None = None
    longitude: float | None = None
    bearing: float | None = None
    replaces: str | None = None


@dataclass(frozen=True)
class Printed:
    """A code as it is shown this once; None: it has been used since the first answer."""

    row: ClaimCode
    code: str | None


@dataclass(frozen=True)
class Mint:
    """Where codes come from: secret bytes and ids."""

    entropy: Callable[[int], bytes]
    new_id: Callable[[], str]


def make_claims(session: Session, claims: Sequence[Claim], days: int, act: Act, mint: Mint) -> list[Printed]:
    """A code for each claim. The same request again: the codes of the first answer are void, and made anew.

    AreaUnknown, DeviceUnknown; StatusNotPossible for a speaker that was replaced or retired.
    """
    if made := already_made(session, act):
        return [_print_anew(session, session.get_one(ClaimCode, name), mint) for name in made.split()]
    parents(session, *{claim.area for claim in claims})
    printed = [_make(session, claim, days, act, mint) for claim in claims]
    remember(session, act, " ".join(one.row.id for one in printed))
    return printed


def claim_for(session: Session, device_id: str) -> Claim:
    """A claim in which another box takes the place of this speaker. DeviceUnknown, StatusNotPossible."""
    device = get_device(session, device_id)
    if not may_become(device.status, Standing.REPLACED) or device.status == Standing.REPLACED:
        raise StatusNotPossible(device=device_id, status=device.status)
    return Claim(device.area_id, device.name, device.latitude, device.longitude, device.bearing, device_id)


def withdraw_claim(session: Session, claim_id: str, act: Act) -> ClaimCode:
    """Nobody joins by it any more; who has joined stays. ClaimCodeUnknown. Twice changes nothing."""
    row = session.get(ClaimCode, claim_id)
    if row is None:
        raise ClaimCodeUnknown(claim_code=claim_id)
    if row.withdrawn_at is None and row.used_at is None:
        row.withdrawn_at = act.now
        record(session, act, Action.DEVICE_ENROL, claim_id, f"code withdrawn: {row.name}", area=row.area_id)
    return row


def find_claim(session: Session, typed: str) -> ClaimCode | None:
    """The row of a code, whatever became of it. ClaimCodeMistyped."""
    return session.exec(select(ClaimCode).where(ClaimCode.digest == digest_of(typed))).first()


def withdraw_claims_for(session: Session, device: Device, now: int) -> None:
    """A speaker that has gone for good is joined by nobody."""
    rows = select(ClaimCode).where(
        ClaimCode.replaces == device.id, col(ClaimCode.used_at).is_(None), col(ClaimCode.withdrawn_at).is_(None)
    )
    for row in session.exec(rows).all():
        row.withdrawn_at = now


def _make(session: Session, claim: Claim, days: int, act: Act, mint: Mint) -> Printed:
    code = make_code(mint.entropy(SECRET_BYTES))
    row = ClaimCode(
        id=mint.new_id(), digest=digest_of(code), area_id=claim.area, name=claim.name, latitude=claim.latitude,
        longitude=claim.longitude, bearing=claim.bearing, replaces=claim.replaces, created_at=act.now,
        created_by=act.who, expires_at=act.now + days * DAY,
    )  # fmt: skip
    session.add(row)
    session.flush()
    record(session, act, Action.DEVICE_ENROL, row.id, f"code for {claim.name}", area=row.area_id)
    return Printed(row, code)


def _print_anew(session: Session, row: ClaimCode, mint: Mint) -> Printed:
    if row.used_at is not None or row.withdrawn_at is not None:
        return Printed(row, None)
    code = make_code(mint.entropy(SECRET_BYTES))
    row.digest = digest_of(code)
    return Printed(row, code)
