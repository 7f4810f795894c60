"""The power may fail between any two writes: what is there works, and the deed can be done again."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from controller.keyring import ONLINE_ROLES
from controller.keys import changes
from controller.keys.custody import Custody
from controller.keys.errors import KeysError, RootLocked
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
    certified,
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
    def hand_over(keys: Custody, folder: Path) -> None:
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
        if root.id == open_root(files[0], PASSPHRASE).id:
            if files[1].exists():
                with pytest.raises(RootLocked):
                    keys.replace_root(root_of(folder), files[1], "một mật khẩu khác", LATER)
            half_done = files[1].read_bytes() if files[1].exists() else None
            hand_over(keys, folder)
            assert half_done in (None, files[1].read_bytes()), "no key is made a second time"
            assert keys.read().root == keys.root(files[1], PASSPHRASE).verify_key

    assert each_cut(tmp_path, begun, hand_over, one_root_works) == 2 * 2


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


NEW = "mật khẩu trực tuyến"


def starts(folder: Path, passphrase: str | None) -> bool:
    """Whether the controller would start: with its keys and with the authority."""
    return opens(custody(folder, passphrase).read) and opens(lambda: certified(folder, passphrase))


@pytest.mark.parametrize("before", [None, "mật khẩu trước"])
def test_a_new_passphrase_of_the_online_keys_and_the_authority(tmp_path: Path, before: str | None) -> None:
    def prepare(folder: Path) -> None:
        begun(folder, before)
        certified(folder, before)

    def reseal(keys: Custody, _: Path) -> None:
        replace(keys, passphrase=before).reseal_online(NEW, LATER)

    def one_of_them_starts_and_cleans_up(folder: Path) -> None:
        good = [secret for secret in (NEW, before) if starts(folder, secret)]
        assert good, "the controller starts with one of the two"
        authority, keys = certified(folder, good[0]).pem, custody(folder, good[0])
        keys.sweep()
        assert {path.name for path in keys.authority.iterdir()} == {"ca.pem", "ca.key"}
        assert len(list(keys.folder.glob("*.pem"))) == len(ONLINE_ROLES) and not list(keys.folder.glob("*.part"))
        keys.reseal_online(NEW, LATER + 1)
        assert starts(folder, NEW) and certified(folder, NEW).pem == authority
        secrets = [*keys.folder.glob("*.pem"), keys.authority / "ca.key"]
        assert all(b"ENCRYPTED" in path.read_bytes() for path in secrets), "nothing is left in clear"
        assert len(secrets) == len(ONLINE_ROLES) + 1

    made = each_cut(tmp_path, prepare, reseal, one_of_them_starts_and_cleans_up)
    assert made == 2 + 3 * len(ONLINE_ROLES) + 1


def test_a_second_command_after_a_cut_finishes_what_the_first_began(tmp_path: Path) -> None:
    """Whoever answers a cut by another passphrase, and meets a second cut, is not locked out either."""
    for first, second in product((1, 16, 20), (1, 3, 14, 19)):
        folder = tmp_path / f"{first}-{second}"
        begun(folder)
        certified(folder)
        cut_at(first, folder, lambda keys, _: keys.reseal_online(NEW, LATER))
        held = next(secret for secret in (NEW, None) if starts(folder, secret))
        with suppress(PowerCut):
            custody(folder, held, CutDisk(second)).reseal_online("mật khẩu thứ ba", LATER + 2)
        assert any(starts(folder, secret) for secret in ("mật khẩu thứ ba", held))


def opens(look: Callable[[], object]) -> bool:
    try:
        look()
    except KeysError:
        return False
    return True
