"""The tenant's certificate authority: made once, its key in a file of the data folder, never in the database."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from controller.certificates.authority_key import KEY_FILE, read_key
from controller.certificates.papers import PublicKey, key_pem, new_key
from controller.keyring import write_secret
from controller.keys.errors import AuthorityMissing, KeysIncomplete
from controller.keys.first_clock import refuse_clock
from devices.protocol.units import DAY, SECOND

CERTIFICATE_FILE = "ca.pem"
LIFE = 20 * 365 * DAY
"""Of the authority, us: poles stand that long, and it is changed by nobody on the pole."""
SLACK = DAY
"""Certificates hold from so long before they were made, us: clocks differ."""
MAY_SIGN = x509.KeyUsage(
    digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
    key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
)  # fmt: skip
"""What strict readers of certificates (RFC 5280) want to see of an authority."""
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Subject:
    """Whom a certificate is for. `server_names`: host names and addresses of a server; none: a client."""

    name: str
    server_names: Sequence[str] = ()


@dataclass(frozen=True)
class Authority:
    """Signs certificates and the list of those revoked. `entropy` gives serial numbers and keys."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    entropy: Callable[[int], bytes]

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def issued(self, pem: str) -> bool:
        """Whether a certificate (PEM) is by this authority, and not by one that it has replaced."""
        try:
            x509.load_pem_x509_certificate(pem.encode("ascii")).verify_directly_issued_by(self.certificate)
        except (ValueError, TypeError, InvalidSignature):
            return False
        return True

    def issue(self, subject: Subject, public_key: PublicKey, now: int, life: int) -> x509.Certificate:
        """A certificate from a day ago until `now + life` (us), at most as long as the authority's own."""
        last = min(at(now + life), self.certificate.not_valid_after_utc)
        usage = ExtendedKeyUsageOID.SERVER_AUTH if subject.server_names else ExtendedKeyUsageOID.CLIENT_AUTH
        draft = _draft(subject.name, self.certificate.subject, public_key, self.entropy, now, last)
        draft = draft.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        draft = draft.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        draft = draft.add_extension(issuer, critical=False)
        if subject.server_names:
            names = [_general_name(name) for name in subject.server_names]
            draft = draft.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return draft.sign(self.key, hashes.SHA256())


def open_authority(
    folder: Path, *, entropy: Callable[[int], bytes], now: int, tenant: str, passphrase: str | None,
    certified: bool = False,
) -> Authority:  # fmt: skip
    """Read the authority of `folder`, or make it on the first start: never where speakers are `certified` already, for
    they know the broker by the one that is lost. KeysIncomplete, KeysLocked, AuthorityMissing,
    ClockBehind."""
    if not folder.exists():
        if certified:
            raise AuthorityMissing(folder=str(folder))
        refuse_clock(now)
        make_authority(folder, entropy, now, tenant, passphrase).replace(folder)
    return read_authority(folder, entropy, passphrase)


def read_authority(folder: Path, entropy: Callable[[int], bytes], passphrase: str | None) -> Authority:
    """The authority that is there. KeysIncomplete, KeysLocked."""
    missing = [name for name in (CERTIFICATE_FILE, KEY_FILE) if not (folder / name).is_file()]
    if missing:
        raise KeysIncomplete(folder=str(folder), missing=missing)
    try:
        certificate = x509.load_pem_x509_certificate((folder / CERTIFICATE_FILE).read_bytes())
    except ValueError as error:
        raise KeysIncomplete(folder=str(folder), missing=[CERTIFICATE_FILE]) from error
    return Authority(certificate, read_key(folder, passphrase), entropy)


def at(micros: int) -> datetime.datetime:
    """An instant in us UTC as whole seconds, as certificates have them."""
    return EPOCH + datetime.timedelta(seconds=micros // SECOND)


def make_authority(
    folder: Path, entropy: Callable[[int], bytes], now: int, tenant: str, passphrase: str | None
) -> Path:
    """A new one beside `folder`, whole before it takes that place."""
    key = new_key(entropy)
    name = _named(f"Loa {tenant}")
    draft = _draft(f"Loa {tenant}", name, key.public_key(), entropy, now, at(now + LIFE))
    draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    draft = draft.add_extension(MAY_SIGN, critical=True)
    draft = draft.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    fresh = folder.with_name(folder.name + ".new")
    fresh.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_secret(fresh / KEY_FILE, key_pem(key, passphrase))
    write_secret(fresh / CERTIFICATE_FILE, draft.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return fresh


def _draft(
    name: str, issuer: x509.Name, public_key: PublicKey, entropy: Callable[[int], bytes], now: int,
    last: datetime.datetime,
) -> x509.CertificateBuilder:  # fmt: skip
    serial = int.from_bytes(entropy(19), "big") | 1
    return x509.CertificateBuilder(issuer, _named(name), public_key, serial, at(now - SLACK), last)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
