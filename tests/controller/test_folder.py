"""The data folder is its owner's alone, whoever made it."""

import os
import stat
from pathlib import Path

import pytest

from controller.db import Database
from controller.errors.machine import DataFolderOpen
from controller.migrations.apply import upgrade
from controller.runtime.folder import DataFolder


def test_a_folder_that_was_open_is_closed_and_so_is_the_database(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.root.mkdir()
    folder.root.chmod(0o755)
    before = os.umask(0o022)
    try:
        folder.prepare()
        database = Database(folder.database)
        upgrade(database.engine)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.root.iterdir()}
    database.close()
    assert stat.S_IMODE(folder.root.stat().st_mode) == 0o700
    assert {"loa.db", "loa.db-wal", "loa.db-shm"} <= modes.keys()
    assert not [name for name, mode in modes.items() if mode & 0o077]


def test_a_database_of_an_earlier_version_is_closed_too(tmp_path: Path) -> None:
    for name in ("loa.db", "loa.db-wal"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o644)
    DataFolder(tmp_path).prepare()
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob("loa.db*"))


def test_one_that_cannot_be_closed_is_refused_in_words() -> None:
    with pytest.raises(DataFolderOpen) as refused:
        DataFolder(Path("/proc/self")).prepare()
    assert refused.value.data == {"folder": "/proc/self"} and "chmod 700" in str(DataFolderOpen.__doc__)
