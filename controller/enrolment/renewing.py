"""A speaker asks for its next certificate: signed with its own key, so that an ended certificate locks nobody out."""

from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session

from controller.certificates.authority import Authority
from controller.certificates.papers import PublicKey
from controller.certificates.requests import read_request
from controller.enrolment.certifying import certificates_of, certify
from controller.enrolment.joining import Joined
from controller.errors.enrolment import RenewalRefused, TooManyAttempts
from devices.models import Device
from devices.protocol.codec import parse
from devices.protocol.errors import ProtocolError
from devices.protocol.keys import VerifyKey
from devices.protocol.messages.frame import Signed
from devices.protocol.signing import check_signature, open_envelope
from devices.protocol.units import DAY, SECOND

MOST_A_DAY = 10
"""Certificates for one speaker: each new key makes a row."""


class Renewal(Signed):
    """Signed like every message of a speaker, though it travels by HTTP and stands at no topic."""

    type: Literal["renewal"] = "renewal"
    device: str
    """Who asks."""
    csr: str
    """PKCS#10, PEM: for the speaker's own key, or a P-256 key beside it."""


@dataclass(frozen=True)
class Asked:
    """A registered speaker asks, in service or not; `key` is to be certified."""

    device: str
    key: PublicKey


def claimed_by(raw: bytes) -> str:
    """Which speaker a request says it is from, before anything of it is believed; empty where it says nothing."""
    try:
        return parse(open_envelope(raw).payload, Renewal).device
    except ProtocolError:
        return ""


def read_renewal(session: Session, raw: bytes, tenant: str) -> Asked:
    """What a registered speaker has signed. RenewalRefused, CertificateRequestInvalid.

    A request that somebody repeats gives away nothing: the certificate is for the key that asked.
    """
    try:
        envelope = open_envelope(raw)
        said = parse(envelope.payload, Renewal)
        device = session.get(Device, said.device)
        if device is None:
            raise RenewalRefused()
        key = VerifyKey(device.public_key)
        check_signature(envelope, key)
    except ProtocolError as error:
        raise RenewalRefused() from error
    if (said.tenant, said.to, said.mode, envelope.key_id) != (tenant, "controller", "live", key.id):
        raise RenewalRefused()
    return Asked(device.id, read_request(said.csr, key.public))


def renew(session: Session, asked: Asked, authority: Authority, now: int) -> Joined:
    """A certificate for a speaker in service: the one that it has, or the next one where that is due.

    RenewalRefused for one that is out of service, TooManyAttempts.
    """
    device = session.get(Device, asked.device)
    if device is None or device.retired_at is not None:
        raise RenewalRefused()
    if sum(one.issued_at > now - DAY for one in certificates_of(session, device.id)) >= MOST_A_DAY:
        raise TooManyAttempts(retry_after_s=DAY // SECOND)
    return Joined(device, certify(session, authority, device, asked.key, now), False)
