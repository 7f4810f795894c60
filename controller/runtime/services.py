"""What the entry points are handed: tables, sound, keys, and the bells that wake the loops."""

from collections.abc import Callable
from dataclasses import dataclass, field

from controller.certificates.authority import Authority
from controller.db import Database
from controller.enrolment.guesses import Guesses
from controller.keyring import Keyring
from controller.keys.live import Keys
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
    keys: Keys
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
    ring_door: Callable[[], None]
    """A speaker is to be thrown out of the broker."""
    link_up: Callable[[], bool]
    authority: Authority
    broker_address: Callable[[], str]
    """Where speakers reach the broker, `mqtt[s]://host:port`."""
    guesses: Guesses
    """Of codes and signatures that let nobody in."""
    sign_on: SignOn | None = None
    """The OpenID provider that vouches for people, if one is set."""
    pace: Pace = field(default_factory=Pace)
    """How fast keys ask."""
    now: Callable[[], int] = world.now
    new_id: Callable[[], str] = world.new_id
    entropy: Callable[[int], bytes] = world.entropy
    """So many secret random bytes."""

    @property
    def keyring(self) -> Keyring:
        """The keys in force now."""
        return self.keys()
