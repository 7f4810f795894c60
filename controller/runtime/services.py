"""What the entry points are handed: tables, sound, keys, and the bells that wake the loops."""

from collections.abc import Callable
from dataclasses import dataclass

from controller.db import Database
from controller.keyring import Keyring
from controller.library.bulletins import get_bulletin
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
    keyring: Keyring
    studio: Studio
    ring: Callable[[], None]
    """New orders, alerts or speakers are in the tables."""
    ring_studio: Callable[[], None]
    """A bulletin waits to be rendered."""
    ring_voice: Callable[[], None]
    """An alert waits for its speech."""
    link_up: Callable[[], bool]
    now: Callable[[], int] = world.now
    new_id: Callable[[], str] = world.new_id

    def wait_rendered(self, bulletin_id: str, seconds: float) -> bool:
        """Wait until a bulletin is ready or has failed; False if it takes longer."""

        def settled() -> bool:
            with self.database.read() as session:
                return get_bulletin(session, bulletin_id).state != "rendering"

        return world.wait_until(settled, seconds)
