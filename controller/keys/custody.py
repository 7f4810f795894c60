"""One installation's keys on disk, and every deed upon them. Who does it, and whether he may, is the caller's business.

At each step a cut leaves either the old keys in force or the new ones, and never a root key without its file.
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from controller.keyring import Keyring
from controller.keys import changes
from controller.keys.disk import Disk, alone
from controller.keys.errors import FileThere, KeysError, RootForeign, RootOffline, RootStillOnline
from controller.keys.folder import (
    FIRST_ROOT,
    OLD_ROOT,
    keep_change,
    make_folder,
    old_root,
    read_keyring,
    reseal,
    sweep,
)
from controller.keys.root_file import Safe, open_root, read_root_file
from devices.protocol.keys import SigningKey
from devices.protocol.messages.trust import Role


@dataclass(frozen=True)
class Custody:
    """`passphrase` is that of the online keys."""

    folder: Path
    passphrase: str | None
    safe: Safe
    disk: Disk

    @property
    def begun(self) -> bool:
        return self.folder.exists()

    def read(self) -> Keyring:
        """KeysIncomplete, KeysLocked, KeysMixed."""
        return read_keyring(self.folder, self.passphrase)

    def begin(self, tenant: str, target: Path, root_passphrase: str, now: int) -> Keyring:
        """Make the keys of a new installation, and its root file at `target`. FileThere, PassphraseWeak."""
        _refuse_existing(target)
        change, root = changes.first(tenant, self.safe.entropy, now)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.disk.write(_waiting(target), self.safe.sealed(root, tenant, root_passphrase, now))
        make_folder(self.folder, change, self.passphrase, now, self.disk)
        self.disk.move(_waiting(target), target)
        return self.read()

    def finish(self, target: Path) -> None:
        """Give the root file its name where a cut kept `begin` from it."""
        with suppress(KeysError):
            if read_root_file(_waiting(target)).public == self.read().root.public and not target.exists():
                self.disk.move(_waiting(target), target)

    def root(self, path: Path, root_passphrase: str) -> SigningKey:
        """The root key from its file. RootStillOnline, RootMissing, RootSpoiled, RootForeign, RootLocked."""
        if self.root_is_online:
            raise RootStillOnline(folder=str(self.folder))
        said, keyring = read_root_file(path), self.read()
        if (said.tenant, said.public) != (keyring.tenant, keyring.root.public):
            raise RootForeign(file=str(path))
        return open_root(path, root_passphrase)

    @property
    def root_is_online(self) -> bool:
        return (self.folder / OLD_ROOT).exists()

    def take_root_offline(self, target: Path, root_passphrase: str, now: int) -> None:
        """Put the root key of an older version into its file, and remove it from the online keys.

        RootOffline, FileThere, KeysLocked, PassphraseWeak. What a cut left half done is finished by doing it again.
        """
        with alone(self.folder):
            root = old_root(self.folder, self.passphrase)
            if root is None:
                raise RootOffline(folder=str(self.folder))
            if not self._is_sealed(target, root, root_passphrase):
                _refuse_existing(target)
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                sealed = self.safe.sealed(root, self.read().tenant, root_passphrase, now)
                self.disk.write(target, sealed)
                open_root(target, root_passphrase)
            self.disk.write(self.folder / FIRST_ROOT, root.verify_key.public.encode("ascii"))
            self.disk.remove(self.folder / OLD_ROOT)

    def rotate(self, root: SigningKey, roles: Collection[Role], now: int, overlap: int) -> Keyring:
        """New keys for these roles; with `overlap` 0 the old ones are out at once. RootForeign, TooManyKeys."""
        with alone(self.folder):
            change = changes.rotated(self.read(), root, roles, self.safe.entropy, now, overlap)
            return keep_change(self.folder, change, self.passphrase, now, self.disk)

    def replace_root(self, root: SigningKey, target: Path, root_passphrase: str, now: int) -> Keyring:
        """A new root key in a new file; the old one hands over to it. FileThere, PassphraseWeak, TooManyKeys."""
        with alone(self.folder):
            _refuse_existing(target)
            successor, keyring = SigningKey(self.safe.entropy(32)), self.read()
            change = changes.new_root(keyring, root, successor, now)
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.disk.write(target, self.safe.sealed(successor, keyring.tenant, root_passphrase, now))
            open_root(target, root_passphrase)
            return keep_change(self.folder, change, self.passphrase, now, self.disk)

    def reseal_root(self, path: Path, before: str, after: str, now: int) -> None:
        """Put the root file under another passphrase. As `root`; PassphraseWeak."""
        root = self.root(path, before)
        self.disk.write(path, self.safe.sealed(root, self.read().tenant, after, now))

    def reseal_online(self, after: str, now: int) -> None:
        """Put the online keys under another passphrase; who starts the controller must know it from then on."""
        with alone(self.folder):
            reseal(self.folder, self.passphrase, after, now, self.disk)

    def sweep(self) -> None:
        """Remove what a cut has left over."""
        with alone(self.folder):
            sweep(self.folder, self.read(), self.passphrase, self.disk)

    def _is_sealed(self, target: Path, root: SigningKey, root_passphrase: str) -> bool:
        return target.exists() and open_root(target, root_passphrase).id == root.id


def _waiting(target: Path) -> Path:
    return target.with_name(target.name + ".new")


def _refuse_existing(target: Path) -> None:
    if target.exists():
        raise FileThere(file=str(target))
