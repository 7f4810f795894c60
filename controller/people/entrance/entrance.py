"""What the entrance works with, and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass

from controller.db import Database
from controller.people.entrance.passwords import Passwords
from controller.people.entrance.sealing import Sealer
from controller.people.entrance.sessions import Lives
from controller.people.entrance.tokens import Entropy


@dataclass(frozen=True)
class Entrance:
    """The door of an installation."""

    database: Database
    passwords: Passwords
    sealer: Sealer
    lives: Lives
    entropy: Entropy
    new_id: Callable[[], str]


@dataclass(frozen=True)
class Entered:
    """What the browser is handed: the token of its session, and one by which it is known (None: it has one)."""

    token: str
    waits: bool
    """For the second factor."""
    language: str
    """In which its person reads pages."""
    browser: str | None = None
