"""The few filters a speaker always hears, asked for again when the broker refuses or does not answer.

Chunk topics are the fetcher's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from devices.protocol.units import SECOND
from firmware_sim.ports import Chance, SpeakerLink

PATIENCE = 10 * SECOND
"""How long a broker may take to answer a SUBSCRIBE, us."""
LONGEST_PAUSE = 60 * SECOND


@dataclass
class _Filter:
    qos: int
    attempts: int = 0
    retry_at: int | None = None
    """When to ask again; None once it is granted."""


class Subscriptions:
    def __init__(self, link: SpeakerLink, chance: Chance) -> None:
        self._link = link
        self._chance = chance
        self._filters: dict[str, _Filter] = {}
        self._connected = False
        self._wake: int | None = None
        """When to ask again for the first of them."""

    def set(self, filters: Mapping[str, int], mono: int) -> None:
        """Hear exactly these filters (to their QoS) from now on."""
        for topic in [topic for topic in self._filters if topic not in filters]:
            del self._filters[topic]
            if self._connected:
                self._link.unsubscribe(topic)
        for topic, qos in filters.items():
            if topic not in self._filters:
                self._filters[topic] = _Filter(qos)
                if self._connected:
                    self._ask(topic, mono)
        self._look_ahead()

    def on_connected(self, mono: int) -> None:
        self._connected = True
        for topic, one in self._filters.items():
            one.attempts = 0
            self._ask(topic, mono)
        self._look_ahead()

    def on_disconnected(self) -> None:
        self._connected = False

    def on_answer(self, topic: str, granted: bool, mono: int) -> None:
        one = self._filters.get(topic)
        if one is None:
            return
        if granted:
            one.attempts, one.retry_at = 0, None
        else:
            pause = min(LONGEST_PAUSE, SECOND * 2 ** min(one.attempts, 10))
            one.retry_at = mono + int(pause * self._chance.uniform(0.5, 1.0))
        self._look_ahead()

    def granted(self, topic: str) -> bool:
        one = self._filters.get(topic)
        return self._connected and one is not None and one.retry_at is None

    def do_once(self, mono: int) -> None:
        if self._wake is None or mono < self._wake or not self._connected:
            return
        for topic, one in self._filters.items():
            if one.retry_at is not None and mono >= one.retry_at:
                self._link.unsubscribe(topic)
                self._ask(topic, mono)
        self._look_ahead()

    def next_wakeup(self) -> int | None:
        return self._wake if self._connected else None

    def _look_ahead(self) -> None:
        self._wake = min((one.retry_at for one in self._filters.values() if one.retry_at is not None), default=None)

    def _ask(self, topic: str, mono: int) -> None:
        one = self._filters[topic]
        one.attempts += 1
        one.retry_at = mono + PATIENCE
        self._link.subscribe(topic, one.qos)
