"""What the proxy remembers of each client id from one connection to the next: outages, cuts, unanswered messages."""

from collections.abc import Callable

from firmware_sim.chaos.framing import Publish
from firmware_sim.chaos.redelivery import Redelivery
from firmware_sim.chaos.transfers import Transfers
from firmware_sim.chaos.weather import Weather
from firmware_sim.ports import Chance


class KnownClients:
    """The port `Clients`. `outage` draws how long a cut lasts, us; `now` is monotonic, us."""

    def __init__(self, weather: Weather, chance: Chance, outage: Callable[[], int], now: Callable[[], int]) -> None:
        self._weather = weather
        self._chance = chance
        self._outage = outage
        self._now = now
        self._transfers = Transfers(weather.cut_at_percent)
        self._away_until: dict[str, int] = {}
        self._redeliveries: dict[str, tuple[Redelivery, Redelivery]] = {}
        self.cuts = 0

    def lets_in(self, client: str) -> bool:
        return self._now() >= self._away_until.get(client, 0)

    def redeliveries(self, client: str) -> tuple[Redelivery, Redelivery]:
        loses = self._loses if self._weather.duplicate else None
        return self._redeliveries.setdefault(client, (Redelivery(loses), Redelivery(loses)))

    def cut_within(self, client: str, said: Publish) -> int | None:
        return self._transfers.cut_within(client, said)

    def was_cut(self, client: str) -> None:
        self.cuts += 1
        if client:
            self._away_until[client] = self._now() + self._outage()

    def _loses(self) -> bool:
        return self._chance.random() < self._weather.duplicate
