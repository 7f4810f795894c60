"""Keys and certificates as values and as PEM: P-256 for what we make, Ed25519 or P-256 for what speakers bring."""

import hashlib
from collections.abc import Callable

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from devices.protocol.units import SECOND

PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256."""


def new_key(entropy: Callable[[int], bytes]) -> ec.EllipticCurvePrivateKey:
    """A P-256 key from 40 random bytes: 64 more bits than the order leave no bias (FIPS 186-5, A.2.1)."""
    return ec.derive_private_key(int.from_bytes(entropy(40), "big") % (_ORDER - 1) + 1, ec.SECP256R1())


def key_pem(key: ec.EllipticCurvePrivateKey, passphrase: str | None = None) -> bytes:
    """PKCS#8, encrypted where a passphrase is given."""
    lock: KeySerializationEncryption = NoEncryption()
    if passphrase:
        lock = BestAvailableEncryption(passphrase.encode("utf-8"))
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)


def key_digest(key: PublicKey) -> str:
    """SHA-256 (hex) of a public key as SubjectPublicKeyInfo: tells whether two are the same."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def serial_of(certificate: x509.Certificate) -> str:
    return f"{certificate.serial_number:x}"


def ends_at(certificate: x509.Certificate) -> int:
    """us UTC."""
    return int(certificate.not_valid_after_utc.timestamp()) * SECOND
