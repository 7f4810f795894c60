"""What the entry points are handed: tables, sound, keys, and the bells that wake the loops."""

from collections.abc import Callable
from dataclasses import dataclass, field

from controller.db import Database
from controller.keyring import Keyring
from controller.library.store import Store
from controller.library.studio import Studio
from controller.people.entrance.entrance import Entrance
from controller.people.pace import Pace
from controller.people.sign_on.flow import SignOn
from controller.runtime import world
from controller.settings import Settings


@dataclass(frozen=True)
class Services:
    """A running installation, as seen by the web interface and the command line."""

    settings: Settings
    database: Database
    store: Store
    keyring: Keyring
    entrance: Entrance
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
    sign_on: SignOn | None = None
    """The OpenID provider that vouches for people, if one is set."""
    pace: Pace = field(default_factory=Pace)
    """How fast keys ask."""
    now: Callable[[], int] = world.now
    new_id: Callable[[], str] = world.new_id
    entropy: Callable[[int], bytes] = world.entropy
    """So many secret random bytes."""
