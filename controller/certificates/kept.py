"""Certificates of our own side as files, NAME.pem and NAME.key: made when they are missing, renewed before they end."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from controller.certificates.authority import SLACK, Authority, Subject
from controller.certificates.papers import ends_at, key_digest, key_pem, new_key
from controller.certificates.renewal import SERVER_LIFE, is_due
from controller.keyring import write_secret
from devices.protocol.units import SECOND


def keep_certificate(folder: Path, name: str, subject: Subject, authority: Authority, now: int) -> bool:
    """See that `folder` holds a good certificate with its key; whether a new one had to be made.

    The key stays when the certificate is renewed: whoever reads the two files meanwhile finds that they fit. It goes
    with an authority that was replaced: who has copied that one has copied the key, too.
    """
    key = None if _is_by_another(folder / f"{name}.pem", authority) else _key(folder / f"{name}.key")
    key = key or _fresh_key(folder / f"{name}.key", authority)
    if _is_good(folder / f"{name}.pem", subject, key, authority, now):
        return False
    made = authority.issue(subject, key.public_key(), now, SERVER_LIFE)
    replace_file(folder / f"{name}.pem", made.public_bytes(Encoding.PEM))
    return True


def replace_file(path: Path, content: bytes) -> bool:
    """Write a file that is no secret, whole or not at all; whether that changed anything.

    All may read it, for the broker may be another user; who may enter is for the folder to say.
    """
    if path.is_file() and path.read_bytes() == content:
        return False
    part = path.with_name(path.name + ".part")
    write_secret(part, content)
    part.chmod(0o644)
    part.replace(path)
    return True


def _fresh_key(path: Path, authority: Authority) -> ec.EllipticCurvePrivateKey:
    key = new_key(authority.entropy)
    write_secret(path, key_pem(key))
    return key


def _key(path: Path) -> ec.EllipticCurvePrivateKey | None:
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        return None
    return key if isinstance(key, ec.EllipticCurvePrivateKey) else None


def _is_by_another(path: Path, authority: Authority) -> bool:
    return path.is_file() and not authority.issued(path.read_text("ascii", "replace"))


def _is_good(path: Path, subject: Subject, key: ec.EllipticCurvePrivateKey, authority: Authority, now: int) -> bool:
    """By our authority, for this key and these names, and not yet to be renewed."""
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
        mine = key_digest(found.public_key()) == key_digest(key.public_key())  # type: ignore[arg-type]
    except (OSError, ValueError, TypeError, AttributeError):
        return False
    made_at = int(found.not_valid_before_utc.timestamp()) * SECOND + SLACK
    return mine and _names(found) == sorted(subject.server_names) and not is_due(made_at, ends_at(found), now)


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return sorted(str(name.value) for name in found)
