"""Keys on disk: the root in its own file, online keys by role, replaced in one step, never made up."""

import base64
import json
import stat
import unicodedata
from pathlib import Path

import pytest

from controller.certificates.authority import open_authority
from controller.keyring import NEEDED_ROLES, ONLINE_ROLES
from controller.keys import changes
from controller.keys.custody import Custody
from controller.keys.disk import alone
from controller.keys.errors import (
    ClockBehind,
    FileThere,
    KeysBusy,
    KeysIncomplete,
    KeysLocked,
    KeysMixed,
    PassphraseWeak,
    RootForeign,
    RootLocked,
    RootMissing,
    RootOffline,
    RootSpoiled,
    RootStillOnline,
    TooManyKeys,
)
from controller.keys.live import LiveKeys
from controller.keys.remarks import remarks, shown_keys
from controller.keys.root_file import open_root
from devices.protocol.keys import VerifyKey
from devices.protocol.trust import Trust, accept_trust
from devices.protocol.units import DAY
from tests.fakes.keys import (
    NOW,
    OLD_ROLES,
    PASSPHRASE,
    TENANT,
    begun,
    custody,
    ids,
    of_an_earlier_version,
    root_file,
    root_of,
)

MORE = NOW + DAY


def every_byte(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_made_once_and_read_again(tmp_path: Path) -> None:
    keys = begun(tmp_path)
    first, second = keys.read(), custody(tmp_path).read()
    assert ids(first) == ids(second) and first.trust == second.trust and first.tenant == TENANT
    assert set(first.keys) == set(ONLINE_ROLES) and len(set(ids(first).values())) == len(ONLINE_ROLES)


def test_what_a_speaker_is_born_with_is_enough_to_believe_the_keys(tmp_path: Path) -> None:
    keyring = begun(tmp_path).read()
    birth = keyring.birth("x")
    trust = accept_trust(Trust(birth["tenant"], VerifyKey(birth["root"])), birth["trust"].encode())
    for role in ONLINE_ROLES:
        assert trust.key_for(keyring.keys[role].id, NOW)[1] == (role,)
    assert keyring.root.id not in trust.keys


def test_the_root_is_in_its_file_alone_and_opens_with_its_passphrase(tmp_path: Path) -> None:
    keys = begun(tmp_path)
    root = keys.root(root_file(tmp_path), PASSPHRASE)
    assert root.verify_key == keys.read().root
    for spelt in (root.secret(), base64.b64encode(root.secret())[:40], base64.urlsafe_b64encode(root.secret())[:40]):
        assert spelt not in every_byte(tmp_path)
    said = json.loads(root_file(tmp_path).read_text())
    assert said["box"]["kdf"]["name"] == "scrypt" and "hai nơi" in said["ghi_chu"] and "two safe places" in said["note"]
    typed_otherwise = unicodedata.normalize("NFD", PASSPHRASE)
    assert typed_otherwise != PASSPHRASE and open_root(root_file(tmp_path), typed_otherwise).id == root.id


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    begun(tmp_path)
    for path in (*(tmp_path / "keys").iterdir(), root_file(tmp_path)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_a_lost_key_is_said_and_not_replaced(tmp_path: Path) -> None:
    keys = begun(tmp_path)
    next((tmp_path / "keys").glob("alert-*.pem")).unlink()
    with pytest.raises(KeysIncomplete) as caught:
        keys.read()
    assert str(caught.value.data["missing"]).startswith("['alert ")
    (tmp_path / "keys" / "tenant").unlink()
    with pytest.raises(KeysIncomplete) as caught:
        keys.read()
    assert caught.value.data["missing"] == ["tenant"]


def test_files_of_two_installations_are_not_mixed(tmp_path: Path) -> None:
    keys, other = begun(tmp_path / "one"), begun(tmp_path / "two")
    (keys.folder / "trust.jws").write_bytes((other.folder / "trust.jws").read_bytes())
    with pytest.raises(KeysMixed):
        keys.read()


@pytest.mark.parametrize("wrong", [None, "sai"])
def test_a_passphrase_locks_the_online_keys(tmp_path: Path, wrong: str | None) -> None:
    begun(tmp_path, "mật khẩu")
    assert all(b"ENCRYPTED" in path.read_bytes() for path in (tmp_path / "keys").glob("*.pem"))
    with pytest.raises(KeysLocked):
        custody(tmp_path, wrong).read()
    assert custody(tmp_path, "mật khẩu").read().tenant == TENANT


def test_the_wrong_passphrase_file_or_root_opens_nothing(tmp_path: Path) -> None:
    keys, other = begun(tmp_path / "one"), begun(tmp_path / "two")
    file = root_file(tmp_path / "one")
    with pytest.raises(RootLocked):
        keys.root(file, "sai sai sai sai")
    with pytest.raises(RootForeign):
        other.root(file, PASSPHRASE)
    with pytest.raises(RootMissing):
        keys.root(tmp_path / "nowhere.json", PASSPHRASE)
    good = file.read_text()
    for changed in (good[:200], good.replace('"n": 1024', '"n": 2'), "{}"):
        file.write_text(changed)
        with pytest.raises(RootSpoiled):
            keys.root(file, PASSPHRASE)
    file.write_text(good.replace('"sealed": "', '"sealed": "A'))
    with pytest.raises(RootLocked):
        keys.root(file, PASSPHRASE)


def test_a_weak_passphrase_or_an_existing_file_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(PassphraseWeak):
        custody(tmp_path).begin(TENANT, root_file(tmp_path), "ngắn", NOW)
    assert not root_file(tmp_path).parent.exists()
    root_file(tmp_path).parent.mkdir()
    root_file(tmp_path).write_text("somebody's")
    with pytest.raises(FileThere):
        custody(tmp_path).begin(TENANT, root_file(tmp_path), PASSPHRASE, NOW)
    assert not (tmp_path / "keys").exists() and root_file(tmp_path).read_text() == "somebody's"


def test_a_first_start_by_a_clock_without_battery_is_refused(tmp_path: Path) -> None:
    for now in (0, 946_684_800_000_000):
        with pytest.raises(ClockBehind):
            custody(tmp_path).begin(TENANT, root_file(tmp_path), PASSPHRASE, now)
        with pytest.raises(ClockBehind):
            open_authority(tmp_path / "authority", entropy=bytes, now=now, tenant=TENANT, passphrase=None)
    assert not list(tmp_path.iterdir()), "nothing is made"


def test_a_rotation_overlaps_and_the_old_key_leaves_the_disk(tmp_path: Path) -> None:
    keys = begun(tmp_path)
    before = keys.read()
    after = keys.rotate(root_of(tmp_path), ["content"], MORE, changes.OVERLAP)
    assert after.said.seq == MORE > before.said.seq
    assert {role for role in ONLINE_ROLES if ids(after)[role] != ids(before)[role]} == {"content"}
    trust = accept_trust(Trust(TENANT, before.root), after.trust)
    assert trust.key_for(ids(before)["content"], MORE + changes.OVERLAP)
    with pytest.raises(Exception, match="unknown_key"):
        trust.key_for(ids(before)["content"], MORE + changes.OVERLAP + 1)
    assert len(list(keys.folder.glob("content-*.pem"))) == 1
    assert [(one.role, one.signs) for one in shown_keys(keys)][:3] == [
        ("content", True), ("content", False), ("alert", True),
    ]  # fmt: skip


def test_a_leaked_key_is_out_at_once_and_all_that_it_replaced(tmp_path: Path) -> None:
    keys = begun(tmp_path)
    first = ids(keys.read())["content"]
    second = ids(keys.rotate(root_of(tmp_path), ["content"], MORE, changes.OVERLAP))["content"]
    after = keys.rotate(root_of(tmp_path), ["content"], MORE + 1, 0)
    trusted = accept_trust(Trust(TENANT, after.root), after.trust).keys
    assert not {first, second} & set(trusted) and ids(after)["content"] in trusted and len(trusted) == 6


def test_the_number_grows_even_where_the_clock_fell_back(tmp_path: Path) -> None:
    keys = begun(tmp_path)
    assert keys.rotate(root_of(tmp_path), ["time"], NOW - DAY, 0).said.seq == NOW + 1


def test_a_new_root_follows_the_old_one_and_the_chain_stays_complete(tmp_path: Path) -> None:
    keys = begun(tmp_path)
    born = keys.read()
    second, third = tmp_path / "second.json", tmp_path / "third.json"
    keys.replace_root(root_of(tmp_path), second, PASSPHRASE, MORE)
    with pytest.raises(RootForeign):
        keys.root(root_file(tmp_path), PASSPHRASE)
    keys.replace_root(keys.root(second, PASSPHRASE), third, PASSPHRASE, MORE + 1)
    after = keys.rotate(keys.root(third, PASSPHRASE), ["alert"], MORE + 2, 0)
    assert len(after.said.root_changes) == 2
    trust = accept_trust(Trust(TENANT, born.root), after.trust)
    assert trust.root == after.root and ids(after)["alert"] in trust.keys
    with pytest.raises(FileThere):
        keys.replace_root(keys.root(third, PASSPHRASE), third, PASSPHRASE, MORE + 3)


def test_no_more_keys_than_a_trust_set_holds(tmp_path: Path) -> None:
    keys, root = begun(tmp_path), root_of(tmp_path)
    for n in range(4):
        keys.rotate(root, ONLINE_ROLES, MORE + n, changes.OVERLAP)
    with pytest.raises(TooManyKeys):
        keys.rotate(root, ONLINE_ROLES, MORE + 9, changes.OVERLAP)
    assert len(keys.read().said.keys) == 30
    assert len(keys.rotate(root, ONLINE_ROLES, MORE + 10, 0).said.keys) == 6, "a leak is always recovered"


def test_passphrases_are_changed(tmp_path: Path) -> None:
    keys = begun(tmp_path)
    keys.reseal_root(root_file(tmp_path), PASSPHRASE, "một mật khẩu khác", MORE)
    with pytest.raises(RootLocked):
        root_of(tmp_path)
    assert keys.root(root_file(tmp_path), "một mật khẩu khác").verify_key == keys.read().root
    before = keys.read()
    keys.reseal_online("mật khẩu trực tuyến", MORE)
    with pytest.raises(KeysLocked):
        keys.read()
    after = custody(tmp_path, "mật khẩu trực tuyến")
    assert ids(after.read()) == ids(before) and b"BEGIN PRIVATE KEY" not in every_byte(keys.folder)


def test_two_commands_do_not_change_the_keys_at_once(tmp_path: Path) -> None:
    keys, root = begun(tmp_path), root_of(tmp_path)
    with alone(keys.folder), pytest.raises(KeysBusy):
        keys.rotate(root, ["time"], MORE, 0)


# Installations of earlier versions


@pytest.mark.parametrize("passphrase", [None, "mật khẩu"])
def test_an_installation_of_an_earlier_version_works_as_it_is(tmp_path: Path, passphrase: str | None) -> None:
    old = of_an_earlier_version(tmp_path, passphrase)
    keyring = custody(tmp_path, passphrase).read()
    assert ids(keyring) == {role: old[role].id for role in OLD_ROLES} and keyring.root == old["root"].verify_key
    assert set(NEEDED_ROLES) == set(OLD_ROLES)
    found = {one.what: one.state for one in remarks(custody(tmp_path, passphrase), root_file(tmp_path), NOW)}
    assert found["root_online"] == "bad" and found["roles_missing"] == "note"


def test_its_root_is_taken_offline_and_no_speaker_notices(tmp_path: Path) -> None:
    old = of_an_earlier_version(tmp_path)
    keys = custody(tmp_path)
    before = keys.read()
    with pytest.raises(RootStillOnline):
        keys.root(root_file(tmp_path), PASSPHRASE)
    keys.take_root_offline(root_file(tmp_path), PASSPHRASE, MORE)
    assert keys.read().trust == before.trust and not (keys.folder / "root.pem").exists()
    assert old["root"].secret() not in every_byte(tmp_path)
    with pytest.raises(RootOffline):
        keys.take_root_offline(tmp_path / "again.json", PASSPHRASE, MORE)
    after = keys.rotate(root_of(tmp_path), ["content"], MORE + 1, changes.OVERLAP)
    assert set(after.keys) == set(ONLINE_ROLES), "the roles that it lacked came with the first use of the root"
    trust = accept_trust(accept_trust(Trust(TENANT, before.root), before.trust), after.trust)
    assert trust.key_for(old["alert"].id, MORE) and trust.key_for(ids(after)["drill"], MORE)
    assert not (keys.folder / "content.pem").exists() and (keys.folder / "alert.pem").exists()


# The controller that runs


def test_the_running_controller_follows_the_folder(tmp_path: Path) -> None:
    keys = begun(tmp_path)
    live = LiveKeys(keys.folder, None)
    before = live()
    assert not live.look()
    after = keys.rotate(root_of(tmp_path), ["content"], MORE, 0)
    assert live() == before, "only when it looks"
    assert live.look() and live().trust == after.trust and ids(live()) == ids(after) and not live.look()


def test_keys_that_cannot_be_read_do_not_stop_it(tmp_path: Path) -> None:
    keys = begun(tmp_path)
    live = LiveKeys(keys.folder, None)
    before = live()
    (keys.folder / "trust.jws").unlink()
    assert not live.look() and live() == before
    (keys.folder / "trust.jws").write_bytes(b"x")
    assert not live.look() and live() == before


# What is said of them


def said_of(keys: Custody, file: Path, now: int = NOW) -> dict[str, str]:
    return {one.what: one.state for one in remarks(keys, file, now)}


def test_the_root_file_is_reminded_of_until_it_has_gone(tmp_path: Path) -> None:
    keys, file = begun(tmp_path), root_file(tmp_path)
    assert said_of(keys, file) == {"readable": "good", "root_here": "note", "in_clear": "note"}
    kept = file.read_bytes()
    file.unlink()
    assert said_of(keys, file)["root_away"] == "good"
    file.write_bytes(b"damaged")
    assert said_of(keys, file)["root_spoiled"] == "bad"
    file.write_bytes(kept)
    keys.replace_root(root_of(tmp_path), tmp_path / "new.json", PASSPHRASE, MORE)
    assert said_of(keys, file)["root_replaced"] == "note"
    assert said_of(keys, tmp_path / "new.json", NOW + 3_600 * DAY)["ending"] == "bad"
    (keys.folder / "tenant").unlink()
    assert said_of(keys, file) == {"unreadable": "bad"}
