"""The controller's signing keys: made once, kept in files, one for each role."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from controller.errors import KeysIncomplete, KeysLocked
from devices.protocol.codec import SIGNED, to_json
from devices.protocol.keys import SigningKey
from devices.protocol.messages.frame import Signed
from devices.protocol.messages.trust import Role, TrustedKey, TrustSet
from devices.protocol.signing import sign
from devices.protocol.units import DAY

ONLINE_ROLES: tuple[Role, ...] = ("content", "alert", "control", "time")
ALL_ROLES: tuple[Role, ...] = ("root", *ONLINE_ROLES)
KEY_LIFE = 10 * 365 * DAY
"""How long the trust set lets an online key sign, us."""
_FOREVER: Literal[4_102_444_800_000_000] = 4_102_444_800_000_000


@dataclass(frozen=True)
class Keyring:
    """A tenant (UUID), its keys by role, and the trust set (signed bytes) that names them."""

    tenant: str
    keys: Mapping[Role, SigningKey]
    trust: bytes

    def sign(self, message: Signed) -> bytes:
        """The signed bytes of a message, by the key of the role that its type asks for."""
        return sign(to_json(message), self.keys[SIGNED[message.type][1]])

    def birth(self, device: str) -> dict[str, str]:
        """What a speaker must be born with: tenant, own id, root key and trust set."""
        root = self.keys["root"].verify_key.public
        return {"tenant": self.tenant, "device": device, "root": root, "trust": self.trust.decode("ascii")}


def open_keyring(
    folder: Path,
    *,
    entropy: Callable[[int], bytes],
    new_id: Callable[[], str],
    now: int,
    passphrase: str | None,
) -> Keyring:
    """Read the keys of `folder`, or make them on the first start. KeysIncomplete, KeysLocked."""
    if not folder.exists():
        _make(folder, entropy, new_id(), now, passphrase)
    return _read(folder, passphrase)


def _make(folder: Path, entropy: Callable[[int], bytes], tenant: str, now: int, passphrase: str | None) -> None:
    keys: dict[Role, SigningKey] = {role: SigningKey(entropy(32)) for role in ALL_ROLES}
    fresh = folder.with_name(folder.name + ".new")
    fresh.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = passphrase.encode("utf-8") if passphrase else None
    for role, key in keys.items():
        write_secret(fresh / f"{role}.pem", key.to_pem(secret))
    write_secret(fresh / "tenant", tenant.encode("ascii"))
    write_secret(fresh / "trust.jws", _trust_set(tenant, keys, now))
    fresh.replace(folder)


def _trust_set(tenant: str, keys: Mapping[Role, SigningKey], now: int) -> bytes:
    trusted = tuple(
        TrustedKey(public=keys[role].verify_key.public, roles=(role,), not_after=min(now + KEY_LIFE, _FOREVER))
        for role in ONLINE_ROLES
    )
    message = TrustSet(tenant=tenant, to="tenant", issued_at=now, seq=now, keys=trusted)
    return sign(to_json(message), keys["root"])


def _read(folder: Path, passphrase: str | None) -> Keyring:
    names = [f"{role}.pem" for role in ALL_ROLES] + ["tenant", "trust.jws"]
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise KeysIncomplete(folder=str(folder), missing=missing)
    secret = passphrase.encode("utf-8") if passphrase else None
    try:
        keys = {role: SigningKey.from_pem((folder / f"{role}.pem").read_bytes(), secret) for role in ALL_ROLES}
    except (ValueError, TypeError) as error:
        raise KeysLocked(folder=str(folder)) from error
    return Keyring((folder / "tenant").read_text("ascii"), keys, (folder / "trust.jws").read_bytes())


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read (mode 0600), and make it last a power cut."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
