"""An MQTT broker in virtual time: retained messages, last wills, delays, cuts, and a store that can be wiped."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from devices.protocol.units import MILLI
from firmware_sim.village.virtual_time import VirtualTime

Deliver = Callable[[str, bytes, bool], None]
Tamper = Callable[[str, str, bytes], list[tuple[int, bytes]]]
"""(client, topic, payload) to what arrives there: (extra delay us, payload) for each copy."""
Road = Callable[[int], int]
"""How long a message of so many bytes is on its way to the client, us."""
REMEMBERED = 5_000
"""Messages that a hostile broker may replay."""
DELAY = 20 * MILLI
SPEAKER, ASKER = 4, 5
"""Levels of a topic that name a speaker: `.../dev/{device}/...` and `.../time/req/{device}`."""


def near(_size: int) -> int:
    """A client at the end of a good line, us."""
    return DELAY


@dataclass(eq=False)
class Client:
    name: str
    deliver: Deliver
    on_cut: Callable[[], None]
    road: Road = near
    will: tuple[str, bytes] | None = None
    filters: dict[str, int] = field(default_factory=dict)
    generation: int = 0
    up: bool = False
    reached: int = 0
    """When the last message arrives, us: one connection keeps its order."""


def faithful(_client: str, _topic: str, payload: bytes) -> list[tuple[int, bytes]]:
    return [(0, payload)]


class MemoryBroker:
    """Delivers in order per client, after the client's road. `tamper` makes it hostile, and may break the order."""

    def __init__(self, time: VirtualTime) -> None:
        self.time = time
        self.retained: dict[str, bytes] = {}
        self.up = True
        self.clients: dict[str, Client] = {}
        self.tamper: Tamper = faithful
        self.published: deque[tuple[str, bytes]] = deque(maxlen=REMEMBERED)
        self.carried = 0
        """Messages handed over by anybody so far."""
        self.overhear: Callable[[str, bytes], None] = lambda topic, payload: None
        """Told of every message."""
        self._listeners: dict[str, dict[str, Client]] = {}

    def connect(self, client: Client) -> None:
        self._forget(client)
        self.clients[client.name] = client
        client.up, client.reached = True, 0
        client.generation += 1

    def subscribe(self, client: Client, topic_filter: str, qos: int) -> None:
        if not client.up:
            return
        client.filters[topic_filter] = qos
        self._listeners.setdefault(topic_filter, {})[client.name] = client
        for topic in self._kept(topic_filter):
            self._send(client, topic, self.retained[topic], retained=True)

    def unsubscribe(self, client: Client, topic_filter: str) -> None:
        client.filters.pop(topic_filter, None)
        self._deafen(client, topic_filter)

    def publish(self, topic: str, payload: bytes, retain: bool) -> None:
        self.carried += 1
        self.published.append((topic, payload))
        self.overhear(topic, payload)
        if retain and payload:
            self.retained[topic] = payload
        elif retain:
            self.retained.pop(topic, None)
        for client in self._hearing(topic):
            self._send(client, topic, payload, retained=False)

    def cut(self, client: Client) -> None:
        """The connection breaks: what is on the way is lost, the last will is said."""
        if not client.up:
            return
        client.up = False
        client.generation += 1
        self._forget(client)
        client.on_cut()
        if client.will is not None:
            self.publish(*client.will, retain=True)

    def wipe(self) -> None:
        """Killed and started again with an empty store: everybody is cut, no will is said."""
        self.retained.clear()
        for client in list(self.clients.values()):
            client.will, will = None, client.will
            self.cut(client)
            client.will = will

    def _hearing(self, topic: str) -> list[Client]:
        """Connected clients with a matching filter, each once, in an order that chance has no part in."""
        found: dict[str, Client] = {}
        for topic_filter in matching(topic):
            found |= self._listeners.get(topic_filter, {})
        return list(found.values())

    def _kept(self, topic_filter: str) -> list[str]:
        if "#" not in topic_filter and "+" not in topic_filter:
            return [topic_filter] if topic_filter in self.retained else []
        if "+" not in topic_filter:
            tree = topic_filter.removesuffix("#")
            return sorted(topic for topic in self.retained if topic.startswith(tree) or topic + "/" == tree)
        return sorted(topic for topic in self.retained if topic_filter in matching(topic))

    def _forget(self, client: Client) -> None:
        for topic_filter in list(client.filters):
            self._deafen(client, topic_filter)
        client.filters.clear()

    def _deafen(self, client: Client, topic_filter: str) -> None:
        listeners = self._listeners.get(topic_filter, {})
        listeners.pop(client.name, None)
        if not listeners:
            self._listeners.pop(topic_filter, None)

    def _send(self, client: Client, topic: str, payload: bytes, *, retained: bool) -> None:
        generation = client.generation
        for extra, changed in self.tamper(client.name, topic, payload):

            def arrive(changed: bytes = changed) -> None:
                if client.up and client.generation == generation:
                    client.deliver(topic, changed, retained)

            client.reached = max(client.reached, self.time.now + client.road(len(changed)))
            self.time.at(client.reached + extra, arrive)


@lru_cache(maxsize=50_000)
def matching(topic: str) -> tuple[str, ...]:
    """The filters of this protocol that `topic` matches: itself, `.../#` above it, and `+` for the speaker."""
    levels = topic.split("/")
    found = [topic, *_trees(levels, 1)]
    for speaker in (SPEAKER, ASKER):
        if len(levels) > speaker:
            hidden = [*levels[:speaker], "+", *levels[speaker + 1 :]]
            found += ["/".join(hidden), *_trees(hidden, speaker + 1)]
    return tuple(found)


def _trees(levels: list[str], least: int) -> list[str]:
    return ["/".join([*levels[:upto], "#"]) for upto in range(len(levels), least - 1, -1)]
