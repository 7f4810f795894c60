"""What the controller signs with: one key for each role, and the trust set that makes speakers believe them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from devices.protocol.codec import SIGNED, parse, to_json
from devices.protocol.keys import SigningKey, VerifyKey
from devices.protocol.messages.frame import Signed
from devices.protocol.messages.trust import Role, TrustSet
from devices.protocol.signing import open_envelope, sign

ONLINE_ROLES: tuple[Role, ...] = ("content", "alert", "control", "time", "drill", "firmware")
NEEDED_ROLES: tuple[Role, ...] = ("content", "alert", "control", "time")
"""Without these no controller runs; installations made before the others get them when their root is used next."""


@dataclass(frozen=True)
class Keyring:
    """A tenant (UUID), its root's public key, the keys that sign now by role, and the trust set (signed bytes)."""

    tenant: str
    root: VerifyKey
    keys: Mapping[Role, SigningKey]
    trust: bytes

    @cached_property
    def said(self) -> TrustSet:
        """What the trust set says."""
        return parse(open_envelope(self.trust).payload, TrustSet)

    def sign(self, message: Signed) -> bytes:
        """The signed bytes of a message, by the key of the role that its type asks for."""
        return sign(to_json(message), self.keys[SIGNED[message.type][1]])

    def birth(self, device: str) -> dict[str, str]:
        """What a speaker must be born with: tenant, own id, root key and trust set."""
        trust = self.trust.decode("ascii")
        return {"tenant": self.tenant, "device": device, "root": self.root.public, "trust": trust}


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read (mode 0600), and make it last a power cut."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
