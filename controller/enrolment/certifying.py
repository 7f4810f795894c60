"""A speaker's certificates in the tables: given, given again while they are good, revoked."""

from collections.abc import Iterable

from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import inspect
from sqlmodel import Session, col, select

from controller.certificates.authority import Authority, Subject
from controller.certificates.papers import PublicKey, ends_at, key_digest, serial_of
from controller.certificates.renewal import SPEAKER_LIFE, is_due
from controller.db import Transactions
from devices.models import Device, DeviceCertificate


def certify(session: Session, authority: Authority, device: Device, key: PublicKey, now: int) -> DeviceCertificate:
    """A good certificate for this key: the one that the speaker has until it is to be renewed, then a new one."""
    digest = key_digest(key)
    for known in certificates_of(session, device.id):
        good = known.revoked_at is None and known.public_key == digest
        if good and not is_due(known.issued_at, known.not_after, now) and authority.issued(known.pem):
            return known
    made = authority.issue(Subject(device.id), key, now, SPEAKER_LIFE)
    row = DeviceCertificate(
        serial=serial_of(made), device_id=device.id, public_key=digest,
        pem=made.public_bytes(Encoding.PEM).decode("ascii"), issued_at=now, not_after=ends_at(made),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def are_certified(database: Transactions) -> bool:
    """Whether any speaker has had a certificate; no table (an older version, or nothing yet): none has."""
    with database.read() as session:
        there = inspect(session.connection()).has_table(DeviceCertificate.__tablename__)
        return there and session.exec(select(DeviceCertificate.serial).limit(1)).first() is not None


def certificates_of(session: Session, device_id: str) -> list[DeviceCertificate]:
    """All of them, the newest first."""
    rows = select(DeviceCertificate).where(DeviceCertificate.device_id == device_id)
    return list(session.exec(rows.order_by(col(DeviceCertificate.issued_at).desc(), col(DeviceCertificate.serial))))


def revoke_certificates(session: Session, device_id: str, now: int) -> None:
    """None of them opens a door from now on."""
    for row in certificates_of(session, device_id):
        row.revoked_at = row.revoked_at or now


def revoked_certificates(session: Session, now: int) -> Iterable[tuple[str, int]]:
    """Serials with the instants of their revocation; those that have ended need no list."""
    rows = select(DeviceCertificate.serial, DeviceCertificate.revoked_at).where(
        col(DeviceCertificate.revoked_at).is_not(None), DeviceCertificate.not_after > now
    )
    return [(serial, since) for serial, since in session.exec(rows) if since is not None]
