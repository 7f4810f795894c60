"""Certificate requests (PKCS#10) of speakers: whatever they ask for, only their key is taken. Pure."""

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from controller.certificates.papers import PublicKey
from controller.errors.enrolment import CertificateRequestInvalid
from devices.protocol import base64url

MOST_LETTERS = 4_000


def read_request(pem: str, own: str) -> PublicKey:
    """The key that a request asks a certificate for, and proves to have. CertificateRequestInvalid.

    It is the speaker's `own` Ed25519 key (base64url), or a P-256 key beside it, for those whose TLS knows no Ed25519.
    """
    if len(pem) > MOST_LETTERS:
        raise CertificateRequestInvalid(why="too_long")
    try:
        request = x509.load_pem_x509_csr(pem.encode("ascii"))
        key, proven = request.public_key(), request.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm, InvalidSignature) as error:
        raise CertificateRequestInvalid(why="unreadable") from error
    if not proven:
        raise CertificateRequestInvalid(why="signature")
    if isinstance(key, ed25519.Ed25519PublicKey):
        if base64url.encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)) != own:
            raise CertificateRequestInvalid(why="not_own_key")
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise CertificateRequestInvalid(why="kind_of_key")
