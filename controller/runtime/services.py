"""What the entry points are handed: tables, sound, keys, and the bells that wake the loops."""

from collections.abc import Callable
from dataclasses import dataclass

from controller.db import Database
from controller.keyring import Keyring
from controller.keys.live import Keys
from controller.library.store import Store
from controller.library.studio import Studio
from controller.runtime import world
from controller.settings import Settings


@dataclass(frozen=True)
class Services:
    """A running installation, as seen by the web interface and the command line."""

    settings: Settings
    database: Database
    store: Store
    keys: Keys
    studio: Studio
    ring: Callable[[], None]
    """New orders, alerts or speakers are in the tables."""
    ring_almanac: Callable[[], None]
    """Something that a plan depends on has changed."""
    ring_studio: Callable[[], None]
    """A bulletin waits to be rendered."""
    ring_voice: Callable[[], None]
    """An alert waits for its speech."""
    link_up: Callable[[], bool]
    now: Callable[[], int] = world.now
    new_id: Callable[[], str] = world.new_id

    @property
    def keyring(self) -> Keyring:
        """The keys in force now."""
        return self.keys()
