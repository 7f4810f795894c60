"""The link that each connection gets: lanes for both directions, and when it breaks. By a weather or a radio model."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from firmware_sim.chaos.lane import NEVER, ConditionsLane, Lane, exponential
from firmware_sim.chaos.weather import Weather
from firmware_sim.ports import Chance
from firmware_sim.radio.model import RadioModel
from firmware_sim.radio.radio import Radio


@dataclass(frozen=True)
class Link:
    """`cut_after`: us from the beginning of the connection to its cut."""

    up: Lane
    down: Lane
    cut_after: int


class Links(Protocol):
    def new(self, now: int) -> Link:
        """For a connection that begins at `now`, us monotonic."""

    def outage(self) -> int:
        """How long a client that was cut does not get through, us."""


class WeatherLinks:
    """As the weather says."""

    def __init__(self, weather: Weather, chance: Chance) -> None:
        self._weather = weather
        self._chance = chance

    def new(self, now: int) -> Link:
        up, down = (ConditionsLane(one, self._chance, now) for one in (self._weather.up, self._weather.down))
        mean = self._weather.cut_every_s
        return Link(up, down, exponential(mean, self._chance) if mean else NEVER)

    def outage(self) -> int:
        return exponential(self._weather.outage_s, self._chance)


@dataclass(frozen=True)
class _RadioLane:
    pass_: Callable[[int, int], int]

    def arrival(self, now: int, size: int) -> int:
        return now + self.pass_(now, size)


class RadioLinks:
    """As a radio model says: each connection a radio of its own."""

    def __init__(self, model: RadioModel, chance: Chance, *, congested: bool = False) -> None:
        self._model = model
        self._chance = chance
        self._congested = congested

    def new(self, _now: int) -> Link:
        radio = Radio(self._model, self._chance, congested=self._congested)
        return Link(_RadioLane(radio.up), _RadioLane(radio.down), radio.next_cut())

    def outage(self) -> int:
        return exponential(self._model.cuts.mean_outage_s, self._chance)
