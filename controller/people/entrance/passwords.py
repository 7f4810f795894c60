"""Passwords: which are taken, and how they are kept (argon2id)."""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from controller.errors.entrance import LogInBusy, PasswordCommon, PasswordIsLogin, PasswordTooLong, PasswordTooShort
from controller.people.entrance.tokens import Entropy, make_token

LEAST, MOST = 10, 200
FEW = 4
"""Fewer different letters than this are no password."""
SEATS, DOOR = 4, 12
"""How many are reckoned at once, each in its memory; how many may be there at all, each in a thread of the web."""


@dataclass(frozen=True)
class Cost:
    """Of one hash: memory (KiB), rounds over it, threads."""

    memory_kib: int = 65_536
    rounds: int = 3
    lanes: int = 1


class Passwords:
    """Keeps and compares; LogInBusy where more than a few are compared at once."""

    def __init__(self, entropy: Entropy, cost: Cost) -> None:
        self._entropy = entropy
        self._hasher = Argon2Hasher(cost.rounds, cost.memory_kib, cost.lanes)
        self._known = PasswordHash([self._hasher])
        self._door, self._seats = threading.BoundedSemaphore(DOOR), threading.BoundedSemaphore(SEATS)
        self._nobodys = self.kept(make_token(entropy))

    def kept(self, password: str) -> str:
        with self._seat():
            return self._hasher.hash(_composed(password), salt=self._entropy(16))

    def are(self, password: str, kept: str | None) -> bool:
        """Whether it is this one; where nothing is kept, no, after just as long."""
        with self._seat():
            try:
                same = self._known.verify(_composed(password)[: MOST + 1], kept or self._nobodys)
            except UnknownHashError:
                return False
        return same and kept is not None

    def is_weak(self, kept: str) -> bool:
        """Whether it was kept at another cost than today's."""
        return self._hasher.check_needs_rehash(kept)

    @contextmanager
    def _seat(self) -> Iterator[None]:
        if not self._door.acquire(blocking=False):
            raise LogInBusy()
        try:
            with self._seats:
                yield
        finally:
            self._door.release()


def require_good(password: str, login: str) -> None:
    """PasswordTooShort, PasswordTooLong, PasswordIsLogin, PasswordCommon."""
    composed = _composed(password)
    plain = composed.casefold().strip()
    if len(plain) < LEAST:
        raise PasswordTooShort(least=LEAST)
    if len(composed) > MOST:
        raise PasswordTooLong(most=MOST)
    if login.casefold() in (plain, plain[::-1]):
        raise PasswordIsLogin()
    if plain in _common() or len(set(plain)) < FEW or _runs(plain):
        raise PasswordCommon()


def _composed(password: str) -> str:
    """One form of every letter: keyboards for Vietnamese write `ế` in two ways."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "replace").decode("utf-8")


def _runs(plain: str) -> bool:
    """Whether it is one run of neighbours, such as `abcdefghij` or `0987654321`."""
    steps = {ord(after) - ord(before) for before, after in pairwise(plain)}
    return steps <= {1, -9} or steps <= {-1, 9}


@cache
def _common() -> frozenset[str]:
    text = files("controller.people.entrance").joinpath("common.txt").read_text("utf-8")
    return frozenset(line for line in text.split() if len(line) >= LEAST)
