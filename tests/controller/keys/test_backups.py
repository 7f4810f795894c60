"""Backups hold no key in clear and never the root key; what comes back is a whole data folder, or nothing."""

import io
import os
import tarfile
from functools import partial
from pathlib import Path

import pytest

from controller.backup import write_backup
from controller.certificates.authority_key import lay_next
from controller.keys.errors import BackupInvalid, BackupLocked, FolderNotEmpty, KeysIncomplete, RootStillOnline
from controller.keys.folder import read_keyring
from controller.keys.sealing import LOWEST_COST, Sealed, seal
from controller.library.store import Store
from controller.restoring import holds_keys, restore_backup
from devices.protocol.units import DAY
from firmware_sim.village.office import Office
from tests.fakes.keys import (
    NOW,
    PASSPHRASE,
    CutDisk,
    begun,
    certified,
    custody,
    ids,
    of_an_earlier_version,
    root_file,
    root_of,
)


def sealed(content: bytes, label: str) -> Sealed:
    return seal(content, PASSPHRASE, label, os.urandom, LOWEST_COST)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An installation with its root file still in the data folder."""
    office = Office(tmp_path / "data")
    office.blob()
    office.database.close()
    begun(tmp_path / "data")
    (tmp_path / "data" / "api-key").write_text("loa_secret-of-this-machine")
    return tmp_path / "data"


def members(file: Path) -> list[str]:
    with tarfile.open(file) as tar:
        return [entry.name for entry in tar if entry.isfile()]


def test_without_a_passphrase_no_key_is_in_it(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    write_backup(data, file)
    assert all(name == "loa.db" or name.startswith("store/") for name in members(file)) and not holds_keys(file)
    assert not restore_backup(file, tmp_path / "new", None)
    with pytest.raises(KeysIncomplete):  # so that no controller makes keys that no speaker believes
        read_keyring(tmp_path / "new" / "keys", None)


def test_with_a_passphrase_the_keys_are_in_it_and_come_back(data: Path, tmp_path: Path) -> None:
    file, before = tmp_path / "backup.tar", read_keyring(data / "keys", None)
    write_backup(data, file, sealed)
    secrets = [path.read_bytes() for path in (data / "keys").glob("*.pem")]
    secrets += [root_of(data).secret(), root_file(data).read_bytes(), b"loa_secret-of-this-machine"]
    assert holds_keys(file) and not [one for one in secrets if one in file.read_bytes()]
    assert restore_backup(file, tmp_path / "new", PASSPHRASE)
    after = read_keyring(tmp_path / "new" / "keys", None)
    assert after.trust == before.trust and ids(after) == ids(before)
    assert (tmp_path / "new" / "api-key").read_text() == "loa_secret-of-this-machine"
    assert (tmp_path / "new" / "loa.db").is_file() and not (tmp_path / "new" / "usb").exists()
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "new").rglob("*") if path.is_file())
    store = Store(tmp_path / "new" / "store")
    (name,) = [path.name for path in store.folder.rglob("*") if path.is_file()]
    assert store.holds(name)


def test_what_a_cut_left_unfinished_keeps_no_backup_from_coming_back(data: Path, tmp_path: Path) -> None:
    file, authority = tmp_path / "backup.tar", certified(data)
    lay_next(data / "authority", None, "mật khẩu mới mới", CutDisk(9))
    (data / "authority" / "ca-next.key.part").write_bytes(b"half")
    write_backup(data, file, sealed)
    assert restore_backup(file, tmp_path / "new", PASSPHRASE)
    assert certified(tmp_path / "new").pem == certified(tmp_path / "new", "mật khẩu mới mới").pem == authority.pem


def test_the_root_key_of_an_earlier_version_is_never_in_it(tmp_path: Path) -> None:
    Office(tmp_path / "data").database.close()
    root = of_an_earlier_version(tmp_path / "data")["root"]
    with pytest.raises(RootStillOnline):
        write_backup(tmp_path / "data", tmp_path / "backup.tar", sealed)
    write_backup(tmp_path / "data", tmp_path / "backup.tar")
    assert root.to_pem() not in (tmp_path / "backup.tar").read_bytes()


@pytest.mark.parametrize("passphrase", [None, "", "sai sai sai sai"])
def test_the_wrong_passphrase_restores_nothing(data: Path, tmp_path: Path, passphrase: str | None) -> None:
    write_backup(data, tmp_path / "backup.tar", sealed)
    with pytest.raises(BackupLocked):
        restore_backup(tmp_path / "backup.tar", tmp_path / "new", passphrase)
    assert not list(tmp_path.glob("new*"))


def test_nothing_is_restored_over_anything(data: Path, tmp_path: Path) -> None:
    write_backup(data, tmp_path / "backup.tar")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "mine").write_text("x")
    with pytest.raises(FolderNotEmpty):
        restore_backup(tmp_path / "backup.tar", tmp_path / "new", None)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["mine"]


SHA256 = "0" * 64


@pytest.mark.parametrize(
    "name",
    ["../evil", "/evil", "keys/../evil", "store/00/../../evil", "keys/.hidden", "other", "store/00/short",
     f"store/00/{SHA256}"],
)  # fmt: skip
def test_a_hostile_file_is_refused_and_leaves_nothing(data: Path, tmp_path: Path, name: str) -> None:
    """The last one: audio that is not what its name says."""
    write_backup(data, tmp_path / "backup.tar")
    with tarfile.open(tmp_path / "backup.tar", "a") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = 4
        tar.addfile(entry, io.BytesIO(b"evil"))
    with pytest.raises(BackupInvalid):
        restore_backup(tmp_path / "backup.tar", tmp_path / "new", None)
    assert not list(tmp_path.glob("new*")) and not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_only_files_come_out_of_it(data: Path, tmp_path: Path, kind: bytes) -> None:
    write_backup(data, tmp_path / "backup.tar")
    with tarfile.open(tmp_path / "backup.tar", "a") as tar:
        entry = tarfile.TarInfo("keys/trust.jws")
        entry.type, entry.linkname = kind, "/etc/passwd"
        tar.addfile(entry)
    with pytest.raises(BackupInvalid):
        restore_backup(tmp_path / "backup.tar", tmp_path / "new", None)


@pytest.mark.parametrize("content", [b"", b"no tar at all" * 100])
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "backup.tar").write_bytes(content)
    with pytest.raises(BackupInvalid):
        restore_backup(tmp_path / "backup.tar", tmp_path / "new", None)
    assert not list(tmp_path.glob("new*"))


def test_a_backup_of_an_earlier_version_comes_back_with_its_keys(tmp_path: Path) -> None:
    Office(tmp_path / "data").database.close()
    of_an_earlier_version(tmp_path / "data")
    with tarfile.open(tmp_path / "old.tar", "w") as tar:
        for part in ("loa.db", "keys"):
            tar.add(tmp_path / "data" / part, part)
    assert restore_backup(tmp_path / "old.tar", tmp_path / "new", None)
    assert read_keyring(tmp_path / "new" / "keys", None).tenant


def test_an_older_backup_is_made_true_by_the_root(data: Path, tmp_path: Path) -> None:
    """Keys were rotated after it: what it holds is believed by nobody any more, until the root signs anew."""
    file = tmp_path / "backup.tar"
    write_backup(data, file, partial(sealed))
    newest = custody(data).rotate(root_of(data), ["content"], NOW + DAY, 0)
    restore_backup(file, tmp_path / "new", PASSPHRASE)
    root = custody(data).root(root_file(data), PASSPHRASE)
    again = custody(tmp_path / "new").rotate(root, ["content"], NOW + 2 * DAY, 0)
    assert again.said.seq > newest.said.seq
