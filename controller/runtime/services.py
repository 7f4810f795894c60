"""What the entry points are handed: tables, sound, keys, and the bells that wake the loops."""

from collections.abc import Callable
from dataclasses import dataclass

from controller.certificates.authority import Authority
from controller.db import Database
from controller.enrolment.throttle import Throttle
from controller.keyring import Keyring
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
    guesses: Throttle
    """Of codes and signatures that let nobody in."""
    entropy: Callable[[int], bytes] = world.entropy
    now: Callable[[], int] = world.now
    new_id: Callable[[], str] = world.new_id
