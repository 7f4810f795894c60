"""The way back from a backup: a whole data folder, or none."""

import hashlib
import io
import os
import re
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from controller.backup import DATABASE, KEYS, LABEL, SEALED, STORE
from controller.keys.errors import BackupInvalid, BackupLocked, FolderNotEmpty
from controller.keys.sealing import Sealed, WrongPassphrase, unseal

_FILES = re.compile(
    r"loa\.db|audit-anchors|api-key|sealing-key|(keys|authority)/[A-Za-z0-9_-]+(\.[a-z]+)?|store/[0-9a-f]{2}/(?P<sha256>[0-9a-f]{64})"
)
"""Where files of ours lie. Backups of earlier versions hold keys in clear."""
_FOLDERS = re.compile(rf"{KEYS}|{STORE}(/[0-9a-f]{{2}})?")
_BLOCK = 1 << 20
_DOORS = {"log_in_session": "DELETE FROM log_in_session", "one_time_link": "DELETE FROM one_time_link"}
"""Tables of what lets somebody in without a key or a password, and how they are emptied."""


def holds_keys(source: Path) -> bool:
    """Whether a backup asks for a passphrase. BackupInvalid."""
    with _opened(source) as tar:
        return SEALED in tar.getnames()


def restore_backup(source: Path, root: Path, passphrase: str | None) -> bool:
    """Make the data folder `root` of a backup, as a whole or not at all. Whether its keys came with it.

    FolderNotEmpty, BackupInvalid, BackupLocked. Without keys their folder is made and stays empty: the controller
    then refuses to start, instead of making keys that no speaker believes.
    """
    if root.exists() and any(root.iterdir()):
        raise FolderNotEmpty(folder=str(root))
    fresh = root.with_name(root.name + ".restoring")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    try:
        with _opened(source) as tar:
            _unpack(tar, fresh, passphrase)
        if not (fresh / DATABASE).is_file():
            raise BackupInvalid(file=str(source))
        _close_doors(fresh / DATABASE)
        (fresh / KEYS).mkdir(mode=0o700, exist_ok=True)
        if root.exists():
            root.rmdir()
        fresh.replace(root)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return any((root / KEYS).iterdir())


def _close_doors(database: Path) -> None:
    """What was ended or used since the backup would be good again: everybody logs in anew. BackupInvalid."""
    try:
        with closing(sqlite3.connect(database)) as tables, tables:
            for (name,) in tables.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                if name in _DOORS:
                    tables.execute(_DOORS[name])
    except sqlite3.DatabaseError as error:
        raise BackupInvalid(entry=DATABASE) from error


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, "r:") as tar:
            yield tar
    except tarfile.TarError as error:
        raise BackupInvalid(file=str(source)) from error


def _unpack(tar: tarfile.TarFile, fresh: Path, passphrase: str | None) -> None:
    for entry in tar:
        if entry.name == SEALED:
            _unseal(_reader(tar, entry).read(), fresh, passphrase)
        elif entry.isfile():
            _write(_reader(tar, entry), entry.name, fresh)
        elif not (entry.isdir() and _FOLDERS.fullmatch(entry.name)):
            raise BackupInvalid(entry=entry.name)


def _unseal(content: bytes, fresh: Path, passphrase: str | None) -> None:
    try:
        packed = unseal(Sealed.model_validate_json(content), passphrase or "", LABEL)
    except WrongPassphrase as error:
        raise BackupLocked() from error
    except ValidationError as error:
        raise BackupInvalid(entry=SEALED) from error
    with tarfile.open(fileobj=io.BytesIO(packed)) as inner:
        _unpack(inner, fresh, None)


def _write(content: IO[bytes], name: str, fresh: Path) -> None:
    """One file, nowhere but where such files lie; audio must be what its name says."""
    known = _FILES.fullmatch(name)
    if known is None:
        raise BackupInvalid(entry=name)
    target, digest = fresh / name, hashlib.sha256()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        while block := content.read(_BLOCK):
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    if known["sha256"] not in (None, digest.hexdigest()):
        raise BackupInvalid(entry=name)


def _reader(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    found = tar.extractfile(entry)
    if found is None:
        raise BackupInvalid(entry=entry.name)
    return found
