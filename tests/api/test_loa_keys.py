"""`loa keys` as somebody types it: passphrases from elsewhere than the command line, an audit line for each act."""

import json
import os
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli.doctor import web_tls
from api.cli.first_start import keep_root
from api.cli.main import app
from controller.db import Database
from controller.keys.root_file import NAME, open_root
from controller.migrations.apply import upgrade
from controller.runtime.door import authority_of
from controller.runtime.folder import DataFolder
from controller.runtime.keys import keys_of
from controller.settings import ApiSettings, KeySettings, Settings
from tests.fakes.keys import of_an_earlier_version

SECRET, NEW = "chín con trâu đi chợ", "mười hai bến nước"


class Machine:
    """A data folder, the environment of whoever sits at it, and what he has typed."""

    def __init__(self, folder: Path) -> None:
        self.folder = DataFolder(folder / "data")
        self.folder.prepare()
        database = Database(self.folder.database)
        upgrade(database.engine)
        database.close()
        self.told: list[tuple[Path, str]] = []
        self.file = folder / "data" / "root" / NAME

    def begin(self) -> None:
        keys_of(self.folder, Settings(data=self.folder.root), lambda file, secret: self.told.append((file, secret)))

    def authority(self, passphrase: str | None = None) -> bytes:
        """What every start of the controller opens, guarded or not."""
        settings = Settings(data=self.folder.root, keys=KeySettings(passphrase=passphrase))
        database = Database(self.folder.database)
        keyring = keys_of(self.folder, settings, lambda file, secret: None)()
        try:
            return authority_of(self.folder, settings, keyring, database).pem
        finally:
            database.close()

    def loa(self, *words: str, **environment: str) -> Result:
        given = {"LOA_DATA": str(self.folder.root)} | {f"LOA_KEYS__{name}": said for name, said in environment.items()}
        return CliRunner().invoke(app, list(words), env=given)

    def audit(self) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(self.folder.database)) as tables:
            return tables.execute("select action, subject from audit_line order by id").fetchall()

    def trust(self) -> bytes:
        return (self.folder.keys / "trust.jws").read_bytes()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_first_start_tells_the_passphrase_once_and_keeps_it_nowhere(machine: Machine, tmp_path: Path) -> None:
    machine.begin()
    ((file, secret),) = machine.told
    assert file == machine.file and len(secret) == 29 and open_root(file, secret)
    held = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert secret.encode() not in held
    machine.begin()
    assert len(machine.told) == 1


def test_without_a_terminal_the_passphrase_lies_in_a_file_until_it_is_taken_away(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    """A log is read by more people than a screen, and for longer."""
    keys_of(machine.folder, Settings(data=machine.folder.root), partial(keep_root, machine.folder))
    kept, said = machine.folder.root_passphrase, capsys.readouterr()
    secret = kept.read_text("ascii").strip()
    assert kept.stat().st_mode & 0o077 == 0 and open_root(machine.file, secret)
    assert secret not in said.err + said.out and str(kept) in said.err and "xóa" in said.err
    assert json.loads(machine.loa("keys", "check", "--json").stdout)[-1] == {
        "state": "bad", "what": "passphrase_here", "file": str(kept),
    }  # fmt: skip
    doctor = json.loads(machine.loa("doctor", "--json").stdout)
    assert str(kept) in next(one["said"] for one in doctor if one["subject"] == "keys")
    kept.unlink()
    assert machine.loa("keys", "check").exit_code == 0


@pytest.mark.parametrize(
    ("host", "public", "clear"),
    [("127.0.0.1", None, False), ("localhost", None, False), ("loa.local", None, True),
     ("10.0.0.5", "http://loa.vn", True), ("10.0.0.5", "https://loa.vn", False)],
)  # fmt: skip
def test_cookies_that_travel_in_clear_are_remarked_on(host: str, public: str | None, clear: bool) -> None:
    settings = Settings(api=ApiSettings(host=host, public_url=public))
    assert web_tls(settings).state == ("note" if clear else "good")


def test_a_given_passphrase_is_taken_and_not_told(machine: Machine, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "secret").write_text(SECRET + "\n")
    monkeypatch.setenv("LOA_KEYS__ROOT_PASSPHRASE_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("LOA_KEYS__ROOT_FILE", str(tmp_path / "usb" / "goc.json"))
    machine.begin()
    assert not machine.told and open_root(tmp_path / "usb" / "goc.json", SECRET)


def test_keys_are_listed_rotated_and_recovered(machine: Machine, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("LOA_KEYS__ROOT_PASSPHRASE", SECRET)
    machine.begin()
    monkeypatch.delenv("LOA_KEYS__ROOT_PASSPHRASE")
    before = json.loads(machine.loa("keys", "list", "--json").stdout)
    assert {one["role"] for one in before["keys"]} == {"content", "alert", "control", "time", "drill", "firmware"}

    trust = machine.trust()
    asked = machine.loa("keys", "rotate", "content")
    assert asked.exit_code == 1 and "Cần mật khẩu" in asked.output and "passphrase_missing" in asked.output
    wrong = machine.loa("keys", "leaked", "content", ROOT_PASSPHRASE="sai sai sai sai")
    assert wrong.exit_code == 1 and "không mở được" in wrong.output
    assert machine.trust() == trust and machine.audit() == [], "nothing was done, nothing is said of it"

    done = machine.loa("keys", "rotate", "content", "--overlap-days", "2", ROOT_PASSPHRASE=SECRET)
    assert done.exit_code == 0 and "2 days more" in done.output and "còn được tin 2 ngày" in done.output
    assert "No controller runs on this folder" in done.output
    (tmp_path / "secret").write_text(SECRET)
    done = machine.loa("keys", "leaked", "alert", "--passphrase-file", str(tmp_path / "secret"))
    assert done.exit_code == 0 and "out at once" in done.output
    after = json.loads(machine.loa("keys", "list", "--json").stdout)
    assert [(one["role"], one["signs"]) for one in after["keys"]][:3] == [
        ("content", True), ("content", False), ("alert", True),
    ]  # fmt: skip
    assert machine.audit() == [("keys.rotate", "content"), ("keys.revoke", "alert")]
    shown = machine.loa("keys", "list").output
    for pem in machine.folder.keys.glob("*.pem"):
        assert pem.read_text().splitlines()[1] not in shown

    exported = json.loads(machine.loa("keys", "export-trust").stdout)
    assert (
        exported == json.loads(machine.loa("trust", "export").stdout) and exported["trust"].encode() == machine.trust()
    )


def test_a_new_root_and_new_passphrases(machine: Machine, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("LOA_KEYS__ROOT_PASSPHRASE", SECRET)
    machine.begin()
    file = tmp_path / "usb.json"
    done = machine.loa("keys", "new-root", "--out", str(file), NEW_PASSPHRASE=NEW)
    assert done.exit_code == 0 and open_root(file, NEW)
    old = machine.loa("keys", "rotate", "all")
    assert old.exit_code == 1 and "root_foreign" in old.output and "khóa gốc cũ" in old.output
    done = machine.loa("keys", "passphrase", "root", "--root", str(file), ROOT_PASSPHRASE=NEW, NEW_PASSPHRASE=SECRET)
    assert done.exit_code == 0 and open_root(file, SECRET)
    weak = machine.loa("keys", "passphrase", "online", NEW_PASSPHRASE="ngắn")
    assert weak.exit_code == 1 and "passphrase_weak" in weak.output
    assert machine.loa("keys", "passphrase", "online", NEW_PASSPHRASE=NEW).exit_code == 0
    assert machine.loa("keys", "list").exit_code == 1 and machine.loa("keys", "list", PASSPHRASE=NEW).exit_code == 0
    assert [action for action, _ in machine.audit()] == ["keys.new_root", "keys.reseal", "keys.reseal"]


def test_a_new_passphrase_of_the_online_keys_does_not_lock_the_next_start(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(NEW, "utf-8-sig")
    machine.begin()
    before = machine.authority()
    done = machine.loa("keys", "passphrase", "online", "--new-passphrase-file", str(tmp_path / "secret"))
    assert done.exit_code == 0, done.output
    assert machine.authority(NEW) == before
    assert b"ENCRYPTED" in (machine.folder.authority / "ca.key").read_bytes()
    assert machine.loa("keys", "check", PASSPHRASE=NEW).exit_code == 0
    (machine.folder.authority / "ca.key").write_bytes(b"damaged")
    checked = machine.loa("keys", "check", PASSPHRASE=NEW)
    assert checked.exit_code == 1 and "authority" in checked.output
    doctor = json.loads(machine.loa("doctor", "--json", PASSPHRASE=NEW).stdout)
    assert [one["state"] for one in doctor if one["subject"] == "keys"] == ["bad"]


def test_a_new_authority_is_asked_for_and_only_where_no_controller_runs(machine: Machine) -> None:
    machine.begin()
    before = machine.authority()
    assert machine.loa("keys", "new-authority").exit_code == 1 and machine.audit() == [], "nobody has said yes"
    running = machine.folder.lock()
    refused = machine.loa("keys", "new-authority", "--yes")
    assert refused.exit_code == 1 and "data_folder_in_use" in refused.output
    os.close(running)
    done = machine.loa("keys", "new-authority", "--yes")
    assert done.exit_code == 0 and "RESTART" in done.output and "KHỞI ĐỘNG LẠI" in done.output
    assert machine.authority() != before and machine.audit() == [("keys.rotate", "authority")]


def test_a_cut_in_a_new_root_is_finished_by_running_it_again_and_a_refusal_leaves_no_line(
    machine: Machine, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("LOA_KEYS__ROOT_PASSPHRASE", SECRET)
    machine.begin()
    file, trust = tmp_path / "usb.json", machine.trust()
    file.write_text("somebody's")
    refused = machine.loa("keys", "new-root", "--out", str(file), NEW_PASSPHRASE=NEW)
    assert refused.exit_code == 1 and "file_there" in refused.output and machine.audit() == []
    file.unlink()
    assert machine.loa("keys", "new-root", "--out", str(file), NEW_PASSPHRASE=NEW).exit_code == 0
    made = file.read_bytes()
    (machine.folder.keys / "trust.jws").write_bytes(trust)
    other = machine.loa("keys", "new-root", "--out", str(file), NEW_PASSPHRASE=SECRET)
    assert other.exit_code == 1 and "root_locked" in other.output and len(machine.audit()) == 1
    assert machine.loa("keys", "new-root", "--out", str(file), NEW_PASSPHRASE=NEW).exit_code == 0
    assert file.read_bytes() == made and len(machine.audit()) == 2
    rotated = machine.loa("keys", "rotate", "time", "--root", str(file), ROOT_PASSPHRASE=NEW)
    assert rotated.exit_code == 0, rotated.output


def test_an_earlier_installation_is_reminded_and_upgraded(machine: Machine, monkeypatch) -> None:
    of_an_earlier_version(machine.folder.root)
    checked = machine.loa("keys", "check")
    assert (
        checked.exit_code == 1 and "take-root-offline" in checked.output and "Khóa gốc còn nằm chung" in checked.output
    )
    doctor = json.loads(machine.loa("doctor", "--json").stdout)
    assert [one["state"] for one in doctor if one["subject"] == "keys"] == ["bad"]
    refused = machine.loa("keys", "rotate", "all", ROOT_PASSPHRASE=SECRET)
    assert refused.exit_code == 1 and "root_still_online" in refused.output
    assert machine.loa("keys", "take-root-offline", NEW_PASSPHRASE=SECRET).exit_code == 0
    machine.begin()
    assert not machine.told and not (machine.folder.keys / "root.pem").exists()
    assert machine.loa("keys", "rotate", "time", ROOT_PASSPHRASE=SECRET).exit_code == 0
    checked = json.loads(machine.loa("keys", "check", "--json").stdout)
    assert {one["what"] for one in checked} == {"readable", "root_here", "in_clear"}
    machine.file.rename(machine.file.with_name("moved-away"))
    assert machine.loa("keys", "check").exit_code == 0
    assert machine.audit() == [("keys.root_offline", machine.audit()[0][1]), ("keys.rotate", "time")]


def test_backup_and_restore(machine: Machine, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("LOA_KEYS__ROOT_PASSPHRASE", SECRET)
    machine.begin()
    plain, full = tmp_path / "plain.tar", tmp_path / "full.tar"
    assert "No keys are in it" in machine.loa("backup", str(plain)).output
    refused = machine.loa("backup", str(full), "--with-keys")
    assert refused.exit_code == 1 and "passphrase_missing" in refused.output and not full.exists()
    assert "the root key never is" in machine.loa("backup", str(full), "--with-keys", NEW_PASSPHRASE=NEW).output
    for file, name, words in ((plain, "one", "bring keys/, authority/ and sealing-key"), (full, "two", "rotate all")):
        done = machine.loa("restore", str(file), "--data", str(tmp_path / name), NEW_PASSPHRASE=NEW)
        assert done.exit_code == 0 and words in done.output
    assert (tmp_path / "two" / "keys" / "trust.jws").read_bytes() == machine.trust()
    again = machine.loa("restore", str(full), "--data", str(tmp_path / "two"), NEW_PASSPHRASE=NEW)
    assert again.exit_code == 1 and "folder_not_empty" in again.output
    keyless = machine.loa("keys", "check", "--data", str(tmp_path / "one"))
    assert keyless.exit_code == 1 and "keys_incomplete" in keyless.output
