"""Backups while it runs, files by their content, a folder for one controller."""

import hashlib
import sqlite3
import subprocess
import sys
import tarfile
import threading
from pathlib import Path

import pytest

from controller.backup import write_backup
from controller.errors.machine import BackupRefused, DataFolderInUse
from controller.library.store import Store
from controller.runtime.folder import DataFolder
from firmware_sim.village.office import Office


def test_a_backup_taken_while_somebody_writes_is_whole(office: Office, tmp_path: Path) -> None:
    sha256 = office.blob()
    office.area("Tỉnh")
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            office.area("Xã")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        size = write_backup(office.folder, tmp_path / "backup.tar")
    finally:
        stop.set()
        writer.join()
    assert size == (tmp_path / "backup.tar").stat().st_size
    assert (tmp_path / "backup.tar").stat().st_mode & 0o077 == 0
    with tarfile.open(tmp_path / "backup.tar") as tar:
        tar.extractall(tmp_path / "restored", filter="data")
    restored = tmp_path / "restored"
    database = sqlite3.connect(restored / "loa.db")
    assert database.execute("pragma integrity_check").fetchone() == ("ok",)
    assert database.execute("select count(*) from area").fetchone()[0] > 0
    database.close()
    assert hashlib.sha256(Store(restored / "store").path(sha256).read_bytes()).hexdigest() == sha256
    assert not (restored / "keys").exists(), "no keys without a passphrase"


def test_a_backup_never_overwrites_and_leaves_nothing_half(office: Office, tmp_path: Path) -> None:
    target = tmp_path / "backup.tar"
    target.write_text("yesterday's")
    with pytest.raises(BackupRefused):
        write_backup(office.folder, target)
    assert target.read_text() == "yesterday's"
    with pytest.raises(BackupRefused):
        write_backup(tmp_path / "nothing", tmp_path / "new.tar")
    assert not list(tmp_path.glob("new.tar*"))


def test_the_store_names_content_and_keeps_the_first(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    for _ in range(2):
        (tmp_path / "take").write_bytes(b"x" * 10_000)
        sha256 = store.adopt(tmp_path / "take")
    assert sha256 == hashlib.sha256(b"x" * 10_000).hexdigest() and store.holds(sha256)
    assert [len(piece) for piece in store.chunks(sha256, 4_096)] == [4_096, 4_096, 1_808]
    assert not (tmp_path / "take").exists()


def test_a_folder_serves_one_controller(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    folder.lock()
    script = (
        "import sys; from pathlib import Path; from controller.runtime.folder import DataFolder\n"
        "from controller.errors.machine import DataFolderInUse\n"
        "try: DataFolder(Path(sys.argv[1])).lock()\n"
        "except DataFolderInUse: sys.exit(7)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script, str(folder.root)], cwd=root, check=False)
    assert done.returncode == 7
    assert folder.root.stat().st_mode & 0o077 == 0
    with pytest.raises(DataFolderInUse):
        folder.lock()


def test_what_a_kill_left_half_done_is_cleared(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    (folder.incoming / "upload").write_text("half")
    (folder.workshop / "take").mkdir()
    (folder.workshop / "take" / "x.wav").write_text("half")
    (folder.store / "kept").write_text("whole")
    folder.prepare()
    assert not list(folder.incoming.iterdir()) and not list(folder.workshop.iterdir())
    assert (folder.store / "kept").exists()
