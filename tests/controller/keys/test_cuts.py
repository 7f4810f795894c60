"""The power may fail between any two writes: what is there works, and the deed can be done again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from controller.keyring import ONLINE_ROLES
from controller.keys import changes
from controller.keys.custody import Custody
from controller.keys.errors import FileThere, KeysError
from controller.keys.root_file import open_root
from devices.protocol.trust import Trust, accept_trust
from devices.protocol.units import DAY
from tests.fakes.keys import (
    NOW,
    PASSPHRASE,
    TENANT,
    CutDisk,
    PowerCut,
    begun,
    custody,
    of_an_earlier_version,
    root_file,
    root_of,
)

Deed = Callable[[Custody, Path], object]
LATER = NOW + DAY


def cut_at(number: int, folder: Path, deed: Deed) -> bool:
    """Whether the deed was done before the power failed at its write with this number."""
    try:
        deed(custody(folder, disk=CutDisk(number)), folder)
    except PowerCut:
        return False
    return True


def each_cut(tmp_path: Path, prepare: Callable[[Path], object], deed: Deed, then: Callable[[Path], None]) -> int:
    """How many writes it takes; `then` looks at what each cut has left."""
    for number in range(1, 60):
        folder = tmp_path / str(number)
        folder.mkdir()
        prepare(folder)
        done = cut_at(number, folder, deed)
        then(folder)
        if done:
            return number - 1
    pytest.fail("it never ends")


def begin(keys: Custody, folder: Path) -> None:
    keys.begin(TENANT, root_file(folder), PASSPHRASE, NOW)


def test_the_first_start(tmp_path: Path) -> None:
    def starts_again(folder: Path) -> None:
        keys = custody(folder)
        if not keys.begun:
            begin(keys, folder)
        keys.finish(root_file(folder))
        assert root_of(folder).verify_key == keys.read().root and set(keys.read().keys) == set(ONLINE_ROLES)
        assert not list(root_file(folder).parent.glob("*.new"))

    assert each_cut(tmp_path, lambda folder: None, begin, starts_again) >= len(ONLINE_ROLES) + 4


@pytest.mark.parametrize("overlap", [0, changes.OVERLAP])
def test_a_rotation(tmp_path: Path, overlap: int) -> None:
    def rotate(keys: Custody, folder: Path) -> None:
        keys.rotate(root_of(folder), ["content", "alert"], LATER, overlap)

    def old_or_new(folder: Path) -> None:
        keys = custody(folder)
        found = keys.read()
        trust = accept_trust(Trust(TENANT, found.root), found.trust)
        for role, key in found.keys.items():
            assert trust.key_for(key.id, LATER) == (key.verify_key, (role,))
        again = keys.rotate(root_of(folder), ["content", "alert"], LATER + 1, overlap)
        assert again.said.seq > found.said.seq and len(list(keys.folder.glob("*.pem"))) == len(ONLINE_ROLES)
        assert not list(keys.folder.glob("*.part"))

    assert each_cut(tmp_path, begun, rotate, old_or_new) == 2 * 3 + 2, (
        "two keys and the trust set, each beside its place first; then two go"
    )


def test_a_new_root(tmp_path: Path) -> None:
    def replace(keys: Custody, folder: Path) -> None:
        keys.replace_root(root_of(folder), folder / "new.json", PASSPHRASE, LATER)

    def one_root_works(folder: Path) -> None:
        keys, files = custody(folder), [root_file(folder), folder / "new.json"]
        opened = []
        for file in files:
            try:
                opened.append(keys.root(file, PASSPHRASE))
            except KeysError:
                continue
        (root,) = opened
        assert keys.rotate(root, ["time"], LATER + 1, 0).root == root.verify_key
        if root.id == open_root(files[0], PASSPHRASE).id and files[1].exists():
            with pytest.raises(FileThere):
                replace(keys, folder)
            files[1].unlink()
            replace(keys, folder)

    assert each_cut(tmp_path, begun, replace, one_root_works) == 2 * 2


def test_taking_the_root_offline(tmp_path: Path) -> None:
    def take(keys: Custody, folder: Path) -> None:
        keys.take_root_offline(root_file(folder), PASSPHRASE, LATER)

    def root_is_somewhere(folder: Path) -> None:
        keys = custody(folder)
        before = keys.read()
        if keys.root_is_online:
            take(keys, folder)
        assert keys.read().trust == before.trust and root_of(folder).verify_key == before.root

    assert each_cut(tmp_path, of_an_earlier_version, take, root_is_somewhere) == 2 * 2 + 1


def test_new_passphrases(tmp_path: Path) -> None:
    def reseal(keys: Custody, folder: Path) -> None:
        keys.reseal_root(root_file(folder), PASSPHRASE, "mật khẩu mới mới", LATER)
        keys.reseal_online("mật khẩu trực tuyến", LATER)

    def one_of_them_opens(folder: Path) -> None:
        assert (
            opens(lambda: root_of(folder))
            + opens(lambda: custody(folder).root(root_file(folder), "mật khẩu mới mới"))
            + opens(lambda: custody(folder, "mật khẩu trực tuyến").root(root_file(folder), "mật khẩu mới mới"))
            >= 1
        )
        assert opens(custody(folder).read) + opens(custody(folder, "mật khẩu trực tuyến").read) >= 1

    assert each_cut(tmp_path, begun, reseal, one_of_them_opens) == 2 + 3 * len(ONLINE_ROLES)


def opens(look: Callable[[], object]) -> bool:
    try:
        look()
    except KeysError:
        return False
    return True
