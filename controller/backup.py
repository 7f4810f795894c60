"""A copy of everything an installation needs to live again, taken while it runs.

Keys travel only under a passphrase of their own, and the root key never.
"""

import io
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from controller.errors.machine import BackupRefused
from controller.keys.disk import alone
from controller.keys.errors import RootStillOnline
from controller.keys.folder import FIRST_ROOT, OLD_ROOT, TENANT, TRUST
from controller.keys.sealing import Sealed

DATABASE, STORE, KEYS, AUTHORITY, API_KEY = "loa.db", "store", "keys", "authority", "api-key"
SEALING_KEY = "sealing-key"
SEALED = "keys.sealed"
LABEL = "loa/1/backup-keys"
Seal = Callable[[bytes, str], Sealed]
"""Bytes and label to what only the passphrase opens."""
BEFORE = ("audit-anchors",)
"""Files that are copied before the database."""


def write_backup(root: Path, target: Path, seal: Seal | None = None) -> int:
    """Write a tar of database and audio of the data folder `root`; with `seal` its keys too. Its size in bytes.

    The database is copied by SQLite's own online backup; audio files never change, and those that the
    copy names are there before it is taken. BackupRefused if `target` exists or cannot be written; where keys are
    wanted, RootStillOnline if the root key is among them, KeysBusy if they are being changed.
    """
    if target.exists():
        raise BackupRefused(file=str(target), reason="exists")
    if seal and (root / KEYS / OLD_ROOT).exists():
        raise RootStillOnline(folder=str(root / KEYS))
    unfinished = target.with_name(target.name + ".part")
    try:
        with tempfile.TemporaryDirectory(dir=target.absolute().parent) as folder:
            copy = Path(folder)
            for name in BEFORE:  # a database that is older than its anchors would look as if its end were cut off
                if (root / name).is_file():
                    shutil.copyfile(root / name, copy / name)
            _copy_database(root / DATABASE, copy / DATABASE)
            unfinished.unlink(missing_ok=True)
            unfinished.touch(mode=0o600)
            _pack(root, copy, unfinished, seal)
        unfinished.replace(target)
    except (OSError, sqlite3.Error) as error:
        unfinished.unlink(missing_ok=True)
        raise BackupRefused(file=str(target), reason=str(error)) from error
    return target.stat().st_size


def _copy_database(source: Path, copy: Path) -> None:
    if not source.is_file():
        raise FileNotFoundError(source)
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(copy)) as saved:
        live.backup(saved)


def _pack(root: Path, copied: Path, target: Path, seal: Seal | None) -> None:
    with tarfile.open(target, "w") as tar:
        for path in sorted(copied.iterdir()):
            tar.add(path, path.name)
        if (root / STORE).is_dir():
            tar.add(root / STORE, STORE)
        if seal:
            _add(tar, SEALED, seal(_secrets(root), LABEL).model_dump_json().encode())


def _secrets(root: Path) -> bytes:
    """The online keys, the authority of certificates, what second factors are sealed with, and the key of this
    machine's command line, as one tar."""
    packed = io.BytesIO()
    with alone(root / KEYS), tarfile.open(fileobj=packed, mode="w") as tar:
        others = (*_whole(root / AUTHORITY), root / SEALING_KEY, root / API_KEY)
        for file in (*_signing(root), *filter(Path.is_file, others)):
            _add(tar, str(file.relative_to(root)), file.read_bytes())
    return packed.getvalue()


def _whole(folder: Path) -> list[Path]:
    """What a cut left unfinished stays behind."""
    return [path for path in sorted(folder.glob("*")) if path.suffix != ".part"]


def _signing(root: Path) -> list[Path]:
    return [*sorted((root / KEYS).glob("*.pem")), *(root / KEYS / name for name in (TENANT, FIRST_ROOT, TRUST))]


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    tar.addfile(entry, io.BytesIO(content))
