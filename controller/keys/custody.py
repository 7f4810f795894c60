"""One installation's keys on disk, and every deed upon them. Who does it, and whether he may, is the caller's business.

At each step a cut leaves either the old keys in force or the new ones, and never a root key without its file.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from controller.certificates.authority_key import lay_next, read_key, settle
from controller.keyring import Keyring
from controller.keys import changes
from controller.keys.disk import Disk, alone
from controller.keys.errors import FileThere, KeysError, RootForeign, RootOffline, RootStillOnline
from controller.keys.first_clock import refuse_clock
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

Note = Callable[[], object]
"""Called when nothing can be refused any more, and before anything is written: no key changes without a line."""


@dataclass(frozen=True)
class Custody:
    """`passphrase` is that of the online keys and of the authority of certificates, which has a folder of its own."""

    folder: Path
    authority: Path
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
        """Make the keys of a new installation, and its root file at `target`. FileThere, PassphraseWeak,
        ClockBehind."""
        refuse_clock(now)
        _refuse_existing(target)
        change, root = changes.first(tenant, self.safe.entropy, now)
        self._write_root(_waiting(target), self.safe.sealed(root, tenant, root_passphrase, now))
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

    def take_root_offline(self, target: Path, root_passphrase: str, now: int, note: Note = lambda: None) -> None:
        """Put the root key of an older version into its file, and remove it from the online keys.

        RootOffline, FileThere, KeysLocked, PassphraseWeak. What a cut left half done is finished by doing it again.
        """
        with alone(self.folder):
            root = old_root(self.folder, self.passphrase)
            if root is None:
                raise RootOffline(folder=str(self.folder))
            there = self._is_sealed(target, root, root_passphrase)
            if not there:
                _refuse_existing(target)
            sealed = self.safe.sealed(root, self.read().tenant, root_passphrase, now)
            note()
            if not there:
                self._write_root(target, sealed)
                open_root(target, root_passphrase)
            self.disk.write(self.folder / FIRST_ROOT, root.verify_key.public.encode("ascii"))
            self.disk.remove(self.folder / OLD_ROOT)

    def rotate(
        self, root: SigningKey, roles: Collection[Role], now: int, overlap: int, note: Note = lambda: None
    ) -> Keyring:
        """New keys for these roles; with `overlap` 0 the old ones are out at once. RootForeign, TooManyKeys,
        ClockBehind."""
        refuse_clock(now)
        with alone(self.folder):
            change = changes.rotated(self.read(), root, roles, self.safe.entropy, now, overlap)
            note()
            return keep_change(self.folder, change, self.passphrase, now, self.disk)

    def replace_root(
        self, root: SigningKey, target: Path, root_passphrase: str, now: int, note: Note = lambda: None
    ) -> Keyring:
        """A new root key in a new file; the old one hands over to it. FileThere, PassphraseWeak, TooManyKeys.

        What a cut left half done is finished by doing it again, with the same passphrase.
        """
        with alone(self.folder):
            keyring = self.read()
            made = self._half_done(target, keyring, root_passphrase)
            if made is None:
                _refuse_existing(target)
            successor = made or SigningKey(self.safe.entropy(32))
            change = changes.new_root(keyring, root, successor, now)
            sealed = self.safe.sealed(successor, keyring.tenant, root_passphrase, now)
            note()
            if made is None:
                self._write_root(target, sealed)
                open_root(target, root_passphrase)
            return keep_change(self.folder, change, self.passphrase, now, self.disk)

    def reseal_root(self, path: Path, before: str, after: str, now: int, note: Note = lambda: None) -> None:
        """Put the root file under another passphrase. As `root`; PassphraseWeak."""
        root = self.root(path, before)
        sealed = self.safe.sealed(root, self.read().tenant, after, now)
        note()
        self.disk.write(path, sealed)

    def reseal_online(self, after: str, now: int, note: Note = lambda: None) -> None:
        """Put the online keys and the authority's under another passphrase; who starts the controller must know it
        from then on. RootStillOnline, KeysLocked.

        The authority has both for as long as either may be needed: after a cut the one that opens the keys opens it.
        """
        with alone(self.folder):
            if self.root_is_online:
                raise RootStillOnline(folder=str(self.folder))
            self.read()
            certified = self.authority.is_dir()
            if certified:
                read_key(self.authority, self.passphrase)
            note()
            if certified:
                lay_next(self.authority, self.passphrase, after, self.disk)
            reseal(self.folder, self.passphrase, after, now, self.disk)
            if certified:
                settle(self.authority, after, self.disk)

    def sweep(self) -> None:
        """Remove what a cut has left over. KeysBusy."""
        with alone(self.folder):
            sweep(self.folder, self.read(), self.passphrase, self.disk)
            if self.authority.is_dir():
                settle(self.authority, self.passphrase, self.disk)

    def _write_root(self, path: Path, sealed: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.disk.write(path, sealed)

    def _half_done(self, target: Path, keyring: Keyring, root_passphrase: str) -> SigningKey | None:
        """The new root that a cut left in its file before the old one handed over to it. RootLocked."""
        try:
            said = read_root_file(target)
        except KeysError:
            return None
        if said.tenant != keyring.tenant or said.public == keyring.root.public:
            return None
        return open_root(target, root_passphrase)

    def _is_sealed(self, target: Path, root: SigningKey, root_passphrase: str) -> bool:
        return target.exists() and open_root(target, root_passphrase).id == root.id


def _waiting(target: Path) -> Path:
    return target.with_name(target.name + ".new")


def _refuse_existing(target: Path) -> None:
    if target.exists():
        raise FileThere(file=str(target))
