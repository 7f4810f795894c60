"""A speaker joins by a claim code: one code, one speaker, the same answer however often the same speaker asks."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from controller.certificates.authority import Authority
from controller.certificates.papers import PublicKey, key_digest
from controller.certificates.requests import read_request
from controller.enrolment.certifying import certificates_of, certify
from controller.enrolment.claims import find_claim
from controller.enrolment.replacing import replace
from controller.errors.enrolment import ClaimRefused
from controller.people.audit import Act, record
from controller.people.permissions import Action
from devices.incidents import open_incident
from devices.models import ClaimCode, Device, DeviceCertificate
from devices.registry import add_device, get_device, read_public_key
from devices.standing import Standing
from scheduler.timetable import wanted


@dataclass(frozen=True)
class Application:
    """What a speaker sends: the code as it was typed, its own key, and a request for a certificate (PKCS#10)."""

    code: str
    public_key: str
    csr: str


@dataclass(frozen=True)
class Joined:
    """`fresh`: it had not joined before."""

    device: Device
    certificate: DeviceCertificate
    fresh: bool


def join(session: Session, wish: Application, act: Act, authority: Authority, new_id: Callable[[], str]) -> Joined:
    """Let a speaker in by its code.

    ClaimCodeMistyped, PublicKeyInvalid, CertificateRequestInvalid, PublicKeyTaken; ClaimRefused for every code that
    lets nobody in, and in `refuse_claim` it is kept that somebody tried one that has been used.
    """
    public_key = read_public_key(wish.public_key)
    key = read_request(wish.csr, public_key)
    claim = find_claim(session, wish.code)
    if claim is None or claim.withdrawn_at is not None or claim.expires_at <= act.now:
        raise ClaimRefused()
    if claim.used_at is not None:
        device = _same(session, claim, public_key, key)
        return Joined(device, certify(session, authority, device, key, act.now), False)
    device = _let_in(session, claim, public_key, act, new_id)
    claim.used_at, claim.device_id = act.now, device.id
    certificate = certify(session, authority, device, key, act.now)
    record(
        session, act, Action.DEVICE_ENROL, device.id, f"joined by code {claim.id} as {device.name}", area=device.area_id
    )
    wanted(session)
    return Joined(device, certificate, True)


def refuse_claim(session: Session, wish: Application, act: Act, new_id: Callable[[], str]) -> None:
    """After a ClaimRefused: a code that somebody has used and another one tries is worth a look."""
    claim = find_claim(session, wish.code)
    if claim is None or claim.used_at is None:
        return
    claim.refused += 1
    open_incident(
        session, new_id, "claim_code_tried_again", act.now, device_id=claim.device_id, subject=claim.id,
        origin=act.origin,
    )  # fmt: skip
    record(
        session,
        act,
        Action.DEVICE_ENROL,
        claim.id,
        "refused: another key than the one that joined by it",
        area=claim.area_id,
    )


def _same(session: Session, claim: ClaimCode, public_key: str, key: PublicKey) -> Device:
    """The first answer may have been lost: the same speaker with the same key is answered again. ClaimRefused."""
    device = get_device(session, claim.device_id or "")
    given = [one for one in certificates_of(session, device.id) if one.public_key == key_digest(key)]
    if device.public_key != public_key or device.retired_at is not None or not given or given[0].revoked_at:
        raise ClaimRefused()
    return device


def _let_in(session: Session, claim: ClaimCode, public_key: str, act: Act, new_id: Callable[[], str]) -> Device:
    if claim.replaces is None:
        return add_device(session, _newcomer(claim, public_key, act, new_id()))
    old = get_device(session, claim.replaces)
    if old.status in {Standing.REPLACED, Standing.RETIRED}:
        raise ClaimRefused()
    if old.public_key == public_key:
        if old.retired_at is not None:
            raise ClaimRefused()
        return old
    newcomer = add_device(session, _newcomer(claim, public_key, act, new_id()))
    replace(session, old, newcomer, act)
    return newcomer


def _newcomer(claim: ClaimCode, public_key: str, act: Act, name: str) -> Device:
    return Device(
        id=name, name=claim.name, area_id=claim.area_id, public_key=public_key, registered_at=act.now,
        latitude=claim.latitude, longitude=claim.longitude, bearing=claim.bearing,
    )  # fmt: skip
