"""The one data folder: what lies where, and that only one controller works in it."""

import fcntl
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from controller.errors.machine import DataFolderInUse, DataFolderOpen


@dataclass(frozen=True)
class DataFolder:
    """Paths below `LOA_DATA`."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "loa.db"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def authority(self) -> Path:
        """The certificate authority, and the controller's own certificate."""
        return self.root / "authority"

    @property
    def store(self) -> Path:
        """Audio by its SHA-256."""
        return self.root / "store"

    @property
    def incoming(self) -> Path:
        """Uploads on their way in; emptied at each start."""
        return self.root / "incoming"

    @property
    def workshop(self) -> Path:
        """Audio that is being made; emptied at each start."""
        return self.root / "workshop"

    @property
    def broker(self) -> Path:
        return self.root / "broker"

    @property
    def voices(self) -> Path:
        """Piper voices that the office has laid there."""
        return self.root / "voices"

    @property
    def audit_anchors(self) -> Path:
        """The signed ends of the audit chain."""
        return self.root / "audit-anchors"

    @property
    def api_key(self) -> Path:
        """The key that was made on the first start, for the command line of this machine."""
        return self.root / "api-key"

    @property
    def first_link(self) -> Path:
        """The link for the first administrator, until it is used."""
        return self.root / "first-link"

    @property
    def root_passphrase(self) -> Path:
        """Of the root key, where a first start had no terminal to show it on; until somebody takes it away."""
        return self.root / "root-passphrase"

    @property
    def sealing_key(self) -> Path:
        """Under which second factors are sealed in the database."""
        return self.root / "sealing-key"

    def prepare(self) -> None:
        """Make the folders (mode 0700), and clear what a kill left half done. DataFolderOpen."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._close()
        for folder in (self.store, self.incoming, self.workshop, self.broker, self.voices):
            folder.mkdir(exist_ok=True, mode=0o700)
        for folder in (self.incoming, self.workshop):
            _empty(folder)

    def _close(self) -> None:
        """Folder and database are their owner's alone, also where somebody else made the folder."""
        with suppress(PermissionError):
            self.root.chmod(0o700)
        if self.root.stat().st_mode & 0o007:
            raise DataFolderOpen(folder=str(self.root))
        self.database.touch(0o600)
        for file in self.root.glob(f"{self.database.name}*"):
            with suppress(PermissionError):
                file.chmod(0o600)

    def lock(self) -> int:
        """Take the folder for this process until it ends; DataFolderInUse if another has it."""
        handle = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            raise DataFolderInUse(folder=str(self.root)) from error
        return handle


def _empty(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
