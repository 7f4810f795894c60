"""Keys on disk as tests want them: cheap to open, and with a power that may fail at any write."""

import os
from dataclasses import dataclass
from pathlib import Path

from controller.certificates.authority import Authority, open_authority
from controller.keyring import Keyring, write_secret
from controller.keys.changes import KEY_LIFE
from controller.keys.custody import Custody
from controller.keys.disk import Disk
from controller.keys.root_file import Safe
from controller.keys.sealing import LOWEST_COST
from devices.protocol.codec import to_json
from devices.protocol.keys import SigningKey
from devices.protocol.messages.trust import Role, TrustedKey, TrustSet
from devices.protocol.signing import sign

TENANT = "11111111-1111-4111-8111-111111111111"
NOW = 1_800_000_000_000_000
PASSPHRASE = "chín con trâu đi chợ"
OLD_ROLES: tuple[Role, ...] = ("content", "alert", "control", "time")


class PowerCut(Exception):
    """The machine is gone."""


@dataclass
class CutDisk(Disk):
    """The power fails at the call with this number; a write may have been half done by then."""

    left: int

    def write(self, path: Path, content: bytes) -> None:
        if self.left == 1:
            write_secret(path.with_name(path.name + ".part"), content[: len(content) // 2])
        self._count()
        super().write(path, content)

    def move(self, source: Path, target: Path) -> None:
        self._count()
        super().move(source, target)

    def remove(self, path: Path) -> None:
        self._count()
        super().remove(path)

    def _count(self) -> None:
        self.left -= 1
        if self.left <= 0:
            raise PowerCut


def custody(folder: Path, passphrase: str | None = None, disk: Disk | None = None) -> Custody:
    return Custody(folder / "keys", folder / "authority", passphrase, Safe(os.urandom, LOWEST_COST), disk or Disk())


def root_file(folder: Path) -> Path:
    return folder / "usb" / "root-key.json"


def begun(folder: Path, passphrase: str | None = None) -> Custody:
    """A new installation."""
    made = custody(folder, passphrase)
    made.begin(TENANT, root_file(folder), PASSPHRASE, NOW)
    return made


def root_of(folder: Path) -> SigningKey:
    return custody(folder).root(root_file(folder), PASSPHRASE)


def of_an_earlier_version(folder: Path, passphrase: str | None = None) -> dict[str, SigningKey]:
    """A key folder as Loa made it before the root key had a file of its own."""
    keys = {role: SigningKey(os.urandom(32)) for role in ("root", *OLD_ROLES)}
    trusted = tuple(
        TrustedKey(public=keys[role].verify_key.public, roles=(role,), not_after=NOW + KEY_LIFE) for role in OLD_ROLES
    )
    said = TrustSet(tenant=TENANT, to="tenant", issued_at=NOW, seq=NOW, keys=trusted)
    (folder / "keys").mkdir(mode=0o700, parents=True)
    for role, key in keys.items():
        write_secret(folder / "keys" / f"{role}.pem", key.to_pem(passphrase.encode() if passphrase else None))
    write_secret(folder / "keys" / "tenant", TENANT.encode())
    write_secret(folder / "keys" / "trust.jws", sign(to_json(said), keys["root"]))
    return keys


def ids(keyring: Keyring) -> dict[str, str]:
    return {role: key.id for role, key in keyring.keys.items()}


def certified(folder: Path, passphrase: str | None = None) -> Authority:
    """The authority of certificates; made if there is none."""
    return open_authority(folder / "authority", entropy=os.urandom, now=NOW, tenant=TENANT, passphrase=passphrase)
