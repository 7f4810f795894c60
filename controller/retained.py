"""What the broker must hold is published from the database after every reconnect; the broker may be empty."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from controller.alerts.sounding import any_unplaced
from controller.configuration import Configurator
from controller.db import Transactions
from controller.herald import Herald
from controller.library.carriage import Carrier, needed, unneeded, withdrawn
from controller.library.models import Blob
from devices.registry import find_devices

LOT = 200
"""Configurations made in one transaction: others may write in between."""


@dataclass
class Retained:
    """Configurations, clips and the audio of open orders; trust before all of them."""

    database: Transactions
    herald: Herald
    carrier: Carrier
    configurator: Configurator
    steps: deque[Callable[[], bool]] = field(default_factory=deque)
    """What is still to be published since the link came up."""

    to_introduce: bool = False
    """The trust set is still to be published: the link had no room for it."""

    @property
    def busy(self) -> bool:
        return bool(self.steps) or self.to_introduce

    def introduce(self) -> None:
        """Whom to believe stands at the broker before anything that is signed."""
        self.to_introduce = not self.herald.trust()

    def begin(self, now: int) -> None:
        """A new connection: the broker may be empty, so everything is to be published again."""
        self.carrier.forget()
        self._line_up(self.carrier.carry, now)

    def sign_again(self, now: int) -> None:
        """New keys: everything that is signed is to be published again; the pieces of audio are not."""
        self._line_up(self.carrier.sign_again, now)

    def _line_up(self, carry: Callable[[Blob], bool], now: int) -> None:
        with self.database.read() as session:
            blobs, devices = needed(session, now), self.configurator.in_service(session)
        self.steps = deque(partial(carry, blob) for blob in blobs)
        self.steps += [
            partial(self._configure, devices[begin : begin + LOT], now) for begin in range(0, len(devices), LOT)
        ]

    def go_on(self) -> None:
        """Publish as much of it as the link takes; the rest waits for the next call."""
        while self.steps and self.steps[0]():
            self.steps.popleft()

    def welcome(self, now: int) -> None:
        """Configurations of newly registered speakers, and of those whose row was changed.

        Nobody is told to come to where an alert is not kept yet to those that it is for."""
        while self._anyone_waits():
            with self.database.write() as session:
                if any_unplaced(session, now):
                    return
                configs = self.configurator.unsent(session, now, LOT)
            for device_id, config in configs.items():
                self.herald.config(device_id, config)

    def _anyone_waits(self) -> bool:
        with self.database.read() as session:
            return self.configurator.any_unsent(session)

    def _configure(self, devices: Sequence[str], now: int) -> bool:
        """Publish the configurations of some speakers; False where the link did not take them all."""
        with self.database.write() as session:
            configs = self.configurator.current(session, find_devices(session, devices), now)
        return all(self.herald.config(device_id, config) for device_id, config in configs.items())

    def collect(self, now: int) -> None:
        """Take audio off the broker that no order needs any more."""
        with self.database.read() as session:
            blobs = unneeded(session, now)
        for blob in blobs:
            if self.carrier.withdraw(blob):
                with self.database.write() as session:
                    withdrawn(session, blob, now)
