"""A speaker's certificate for the broker: asked for with its own key, kept beside it, renewed in good time."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from devices.protocol.json_text import canonical
from devices.protocol.keys import SigningKey
from devices.protocol.signing import sign
from devices.protocol.units import SECOND
from firmware_sim.errors import BadIdentity
from firmware_sim.identity import KEY_FILE, Identity

CERTIFICATE_FILE, AUTHORITY_FILE = "certificate.pem", "authority.pem"
SHARE = 2 / 3
"""It asks for the next one once this much of its life is over."""


@dataclass(frozen=True)
class Papers:
    """What the office answers: the speaker's certificate and the authority by which it knows the broker, PEM."""

    certificate: str
    authority: str

    def write(self, folder: Path) -> None:
        """Beside the key; each file whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in ((AUTHORITY_FILE, self.authority), (CERTIFICATE_FILE, self.certificate)):
            part = folder / f"{name}.part"
            part.write_text(content, "ascii")
            part.replace(folder / name)


def certificate_request(key: SigningKey) -> str:
    """PKCS#10 for the speaker's own key. The name in it says nothing: the office puts the right one in."""
    private = load_pem_private_key(key.to_pem(), None)
    if not isinstance(private, Ed25519PrivateKey):
        raise BadIdentity(reason="not an Ed25519 key")
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "speaker")])
    request = x509.CertificateSigningRequestBuilder(name).sign(private, None)
    return request.public_bytes(Encoding.PEM).decode("ascii")


def renewal_request(identity: Identity, now: int, csr: str = "") -> str:
    """The signed request for the next certificate; `now` is us UTC, 0 without valid time. `csr`: for another key than
    its own."""
    said = {
        "type": "renewal", "mode": "live", "tenant": identity.tenant, "to": "controller", "issued_at": now,
        "device": identity.device, "csr": csr or certificate_request(identity.key),
    }  # fmt: skip
    return sign(canonical(said), identity.key).decode("ascii")


def renewal_due(folder: Path) -> int:
    """When the certificate in `folder` is to be renewed, us UTC: most of its life is over then; 0: there is none."""
    try:
        found = x509.load_pem_x509_certificate((folder / CERTIFICATE_FILE).read_bytes())
    except (OSError, ValueError):
        return 0
    begin, end = found.not_valid_before_utc.timestamp(), found.not_valid_after_utc.timestamp()
    return int((begin + (end - begin) * SHARE) * SECOND)


def own_address(broker: str, folder: Path) -> str:
    """The broker's address with the speaker's certificate in it, where the broker has TLS and none is named."""
    if not broker.startswith("mqtts://") or "?" in broker or not (folder / CERTIFICATE_FILE).is_file():
        return broker
    files = {"ca": folder / AUTHORITY_FILE, "cert": folder / CERTIFICATE_FILE, "key": folder / KEY_FILE}
    return f"{broker}?{urlencode(files)}"
