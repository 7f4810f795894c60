"""A copy of everything an installation needs to live again, taken while it runs."""

import sqlite3
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

from controller.errors import BackupRefused

PARTS = ("keys", "authority", "store")


def write_backup(root: Path, target: Path) -> int:
    """Write a tar of database, keys and audio of the data folder `root`; its size in bytes.

    The database is copied by SQLite's own online backup; audio files never change, and those that the
    copy names are there before it is taken. BackupRefused if `target` exists or cannot be written.
    """
    if target.exists():
        raise BackupRefused(file=str(target), reason="exists")
    unfinished = target.with_name(target.name + ".part")
    try:
        with tempfile.TemporaryDirectory(dir=target.absolute().parent) as folder:
            copy = Path(folder) / "loa.db"
            _copy_database(root / "loa.db", copy)
            unfinished.touch(mode=0o600)
            _pack(root, copy, unfinished)
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


def _pack(root: Path, database: Path, target: Path) -> None:
    with tarfile.open(target, "w") as tar:
        tar.add(database, "loa.db")
        for part in PARTS:
            if (root / part).is_dir():
                tar.add(root / part, part)
        if (root / "api-key").is_file():
            tar.add(root / "api-key", "api-key")
