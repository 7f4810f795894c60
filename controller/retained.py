"""What the broker must hold is published from the database after every reconnect; the broker may be empty."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from controller.configuration import Configurator
from controller.db import Database
from controller.herald import Herald
from controller.library.carriage import Carrier, needed, unneeded, withdrawn


@dataclass
class Retained:
    """Trust, configurations, clips and the audio of open orders."""

    database: Database
    herald: Herald
    carrier: Carrier
    configurator: Configurator
    steps: deque[Callable[[], bool]] = field(default_factory=deque)
    """What is still to be published since the link came up."""

    def begin(self, now: int) -> None:
        """A new connection: the broker may be empty, so everything is to be published again."""
        self.carrier.forget()
        with self.database.write() as session:
            configs = self.configurator.all_current(session, now)
        with self.database.read() as session:
            blobs = needed(session, now)
        self.steps = deque([self.herald.trust])
        self.steps += [partial(self.carrier.carry, blob) for blob in blobs]
        self.steps += [partial(self.herald.config, device_id, config) for device_id, config in configs.items()]

    def go_on(self) -> None:
        """Publish as much of it as the link takes; the rest waits for the next call."""
        while self.steps and self.steps[0]():
            self.steps.popleft()

    def welcome(self, now: int) -> None:
        """Configurations of newly registered speakers."""
        with self.database.read() as session:
            if not self.configurator.any_unsent(session):
                return
        with self.database.write() as session:
            configs = self.configurator.unsent(session, now)
        for device_id, config in configs.items():
            self.herald.config(device_id, config)

    def collect(self, now: int) -> None:
        """Take audio off the broker that no order needs any more."""
        with self.database.read() as session:
            blobs = unneeded(session, now)
        for blob in blobs:
            if self.carrier.withdraw(blob):
                with self.database.write() as session:
                    withdrawn(session, blob, now)
