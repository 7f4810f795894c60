"""What the broker must hold is published from the database after every reconnect; the broker may be empty."""

from dataclasses import dataclass

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

    def restore(self, now: int) -> bool:
        """Publish all of it; False where the link went down on the way, to be done again."""
        self.carrier.forget()
        with self.database.write() as session:
            configs = self.configurator.all_current(session, now)
        with self.database.read() as session:
            blobs = needed(session, now)
        return (
            self.herald.trust()
            and all(self.carrier.carry(blob) for blob in blobs)
            and all(self.herald.config(device_id, config) for device_id, config in configs.items())
        )

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
