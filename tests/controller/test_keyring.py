"""The signing keys: made once, kept safely, never made up."""

import os
import stat
from pathlib import Path

import pytest

from controller.errors import KeysIncomplete, KeysLocked
from controller.keyring import ALL_ROLES, Keyring, open_keyring
from devices.protocol.keys import VerifyKey
from devices.protocol.trust import Trust, accept_trust

TENANT = "11111111-1111-4111-8111-111111111111"
NOW = 1_800_000_000_000_000


def opened(folder: Path, passphrase: str | None = None) -> Keyring:
    return open_keyring(folder, entropy=os.urandom, new_id=lambda: TENANT, now=NOW, passphrase=passphrase)


def test_made_once_and_read_again(tmp_path: Path) -> None:
    first, second = opened(tmp_path / "keys"), opened(tmp_path / "keys")
    assert {role: key.id for role, key in first.keys.items()} == {role: key.id for role, key in second.keys.items()}
    assert first.trust == second.trust and first.tenant == TENANT
    assert len({key.id for key in first.keys.values()}) == len(ALL_ROLES)


def test_what_a_speaker_is_born_with_is_enough_to_believe_the_keys(tmp_path: Path) -> None:
    keyring = opened(tmp_path / "keys")
    birth = keyring.birth("x")
    trust = accept_trust(Trust(birth["tenant"], VerifyKey(birth["root"])), birth["trust"].encode())
    assert trust.key_for(keyring.keys["alert"].id, NOW)[1] == ("alert",)
    assert keyring.keys["root"].id not in trust.keys


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    opened(tmp_path / "keys")
    for path in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_lost_key_is_said_and_not_replaced(tmp_path: Path) -> None:
    opened(tmp_path / "keys")
    (tmp_path / "keys" / "alert.pem").unlink()
    with pytest.raises(KeysIncomplete) as caught:
        opened(tmp_path / "keys")
    assert caught.value.data["missing"] == ["alert.pem"]


@pytest.mark.parametrize("wrong", [None, "sai"])
def test_a_passphrase_locks(tmp_path: Path, wrong: str | None) -> None:
    opened(tmp_path / "keys", "mật khẩu")
    assert b"ENCRYPTED" in (tmp_path / "keys" / "root.pem").read_bytes()
    with pytest.raises(KeysLocked):
        opened(tmp_path / "keys", wrong)
    assert opened(tmp_path / "keys", "mật khẩu").tenant == TENANT
