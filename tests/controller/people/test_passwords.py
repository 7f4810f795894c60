"""Which passwords are taken, and how they are kept."""

import os
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest

from controller.errors.base import LoaError
from controller.errors.entrance import LogInBusy
from controller.people.entrance.passwords import DOOR, Cost, Passwords, require_good

CHEAP = Cost(64, 1)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_too_short"),
        ("chín chữ!", "password_too_short"),
        ("  chín chữ!  ", "password_too_short"),
        ("x" * 201, "password_too_long"),
        ("nguyenthihoa", "password_is_login"),
        ("NguyenThiHoa", "password_is_login"),
        ("aohihtneyugn", "password_is_login"),
        ("password123", "password_common"),
        ("MatKhau123456", "password_common"),
        ("1234567890123", "password_common"),
        ("zyxwvutsrqponm", "password_common"),
        ("abababababab", "password_common"),
        ("mưa xuân về làng", None),
        ("correct horse battery", None),
    ],
)
def test_what_is_guessed_first_is_not_taken(password: str, code: str | None) -> None:
    try:
        require_good(password, "nguyenthihoa")
        found = None
    except LoaError as error:
        found = error.code
        assert password not in str(error.data) or not password
    assert found == code


def test_kept_is_argon2id_with_salt_and_not_the_password() -> None:
    passwords = Passwords(os.urandom, CHEAP)
    kept = passwords.kept("mưa xuân về làng")
    assert kept.startswith("$argon2id$v=19$m=64,t=1,p=1$") and kept != passwords.kept("mưa xuân về làng")
    assert passwords.are("mưa xuân về làng", kept) and not passwords.are("mưa xuân về lang", kept)


def test_two_keyboards_write_one_password() -> None:
    passwords = Passwords(os.urandom, CHEAP)
    kept = passwords.kept(unicodedata.normalize("NFD", "mưa xuân về làng"))
    assert passwords.are(unicodedata.normalize("NFC", "mưa xuân về làng"), kept)


@pytest.mark.parametrize("kept", [None, "", "plain", "$2b$12$abc", "$argon2id$v=19$m=64,t=1,p=1$AAAA$broken"])
def test_nothing_fits_where_nothing_is_kept(kept: str | None) -> None:
    passwords = Passwords(os.urandom, CHEAP)
    assert not any(passwords.are(password, kept) for password in ("", "x", "\ud800", "mưa" * 1_000))


def test_what_was_kept_cheaper_is_kept_anew() -> None:
    old, new = Passwords(os.urandom, CHEAP), Passwords(os.urandom, Cost(128, 2))
    kept = old.kept("mưa xuân về làng")
    assert new.are("mưa xuân về làng", kept) and new.is_weak(kept) and not new.is_weak(new.kept("mưa xuân về làng"))


def test_nobody_costs_what_somebody_costs() -> None:
    """The same work is done where nothing is kept: counted by the memory that it asks for."""
    dear = Passwords(os.urandom, Cost(16_384, 2))
    kept, spent = dear.kept("mưa xuân về làng"), {}
    for name, one in (("somebody", kept), ("nobody", None)):
        times = []
        for _ in range(5):
            begun = os.times().user + os.times().system
            assert not dear.are("wrong password", one)
            times.append(os.times().user + os.times().system - begun)
        spent[name] = sorted(times)[2]
    assert spent["nobody"] >= spent["somebody"] / 2


def test_a_crowd_is_sent_away_not_queued() -> None:
    passwords, all_there = Passwords(os.urandom, Cost(16_384, 2)), threading.Barrier(DOOR + 20)

    def come(_number: int) -> bool:
        all_there.wait()
        try:
            return passwords.are("x", None)
        except LogInBusy:
            return True

    with ThreadPoolExecutor(DOOR + 20) as crowd:
        sent_away = sum(crowd.map(come, range(DOOR + 20)))
    assert 0 < sent_away <= 20
