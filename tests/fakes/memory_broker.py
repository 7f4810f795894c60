"""An MQTT broker in virtual time: retained messages, last wills, delays, cuts, and a store that can be wiped."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from paho.mqtt.client import topic_matches_sub as _matches

from tests.fakes.virtual_time import VirtualTime

topic_matches_sub = lru_cache(maxsize=100_000)(_matches)

Deliver = Callable[[str, bytes, bool], None]
Tamper = Callable[[str, str, bytes], list[tuple[int, bytes]]]
"""(client, topic, payload) to what arrives there: (extra delay us, payload) for each copy."""


@dataclass
class Client:
    name: str
    deliver: Deliver
    on_cut: Callable[[], None]
    will: tuple[str, bytes] | None = None
    filters: dict[str, int] = field(default_factory=dict)
    generation: int = 0
    up: bool = False


def faithful(_client: str, _topic: str, payload: bytes) -> list[tuple[int, bytes]]:
    return [(0, payload)]


class MemoryBroker:
    """Delivers in order per client, `delay` us after each publish. `tamper` makes it hostile."""

    def __init__(self, time: VirtualTime, delay: int = 20_000) -> None:
        self.time = time
        self.delay = delay
        self.retained: dict[str, bytes] = {}
        self.clients: dict[str, Client] = {}
        self.tamper: Tamper = faithful
        self.published: list[tuple[str, bytes]] = []

    def connect(self, client: Client) -> None:
        self.clients[client.name] = client
        client.up, client.filters = True, {}
        client.generation += 1

    def subscribe(self, client: Client, topic_filter: str, qos: int) -> None:
        if client.up:
            client.filters[topic_filter] = qos
            for topic, payload in sorted(self.retained.items()):
                if topic_matches_sub(topic_filter, topic):
                    self._send(client, topic, payload, retained=True)

    def unsubscribe(self, client: Client, topic_filter: str) -> None:
        client.filters.pop(topic_filter, None)

    def publish(self, topic: str, payload: bytes, retain: bool) -> None:
        self.published.append((topic, payload))
        if retain and payload:
            self.retained[topic] = payload
        elif retain:
            self.retained.pop(topic, None)
        for client in list(self.clients.values()):
            if client.up and any(topic_matches_sub(wanted, topic) for wanted in client.filters):
                self._send(client, topic, payload, retained=False)

    def cut(self, client: Client) -> None:
        """The connection breaks: what is on the way is lost, the last will is said."""
        if not client.up:
            return
        client.up = False
        client.generation += 1
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

    def _send(self, client: Client, topic: str, payload: bytes, *, retained: bool) -> None:
        generation = client.generation
        for extra, changed in self.tamper(client.name, topic, payload):

            def arrive(changed: bytes = changed) -> None:
                if client.up and client.generation == generation:
                    client.deliver(topic, changed, retained)

            self.time.after(self.delay + extra, arrive)
