"""What must be read again is sealed: under a key that lies in a file, not in the database."""

import hashlib
import hmac
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from controller.keyring import write_secret
from controller.keys.errors import KeysIncomplete
from controller.people.entrance.tokens import Entropy
from devices.protocol import base64url

BYTES, NONCE = 32, 12


class Sealer:
    """AES-256-GCM. `purpose` is bound to what is sealed: what was sealed for one thing opens as nothing else."""

    def __init__(self, key: bytes, entropy: Entropy) -> None:
        self._key = key
        self._cipher = AESGCM(hashlib.sha256(b"seal" + key).digest())
        self._entropy = entropy

    def seal(self, purpose: str, content: bytes) -> str:
        nonce = self._entropy(NONCE)
        return base64url.encode(nonce + self._cipher.encrypt(nonce, content, purpose.encode("utf-8")))

    def unseal(self, purpose: str, sealed: str) -> bytes | None:
        """None where it was sealed for something else, under another key, or not at all."""
        try:
            whole = base64url.decode(sealed)
            return self._cipher.decrypt(whole[:NONCE], whole[NONCE:], purpose.encode("utf-8"))
        except (ValueError, InvalidTag):
            return None

    def proof(self, purpose: str, text: str) -> str:
        """What only who holds the key can say of a text."""
        said = f"{purpose}\n{text}".encode("utf-8", "replace")
        return base64url.encode(hmac.digest(hashlib.sha256(b"proof" + self._key).digest(), said, "sha256"))


def sealing_key(path: Path, entropy: Entropy) -> bytes:
    """The key of this file, which is made (mode 0600) on the first start. KeysIncomplete where it is cut."""
    if not path.exists():
        part = path.with_name(path.name + ".part")
        write_secret(part, entropy(BYTES))
        part.replace(path)
    key = path.read_bytes()
    if len(key) != BYTES:
        raise KeysIncomplete(folder=str(path.parent), missing=[path.name])
    return key
