"""Nothing but connections: as many bare MQTT clients on the same epoll loop, the raw limit beside a fleet.

Each subscribes to one topic that all share and counts what it hears. Knows no speaker.
"""

import select
from types import TracebackType
from typing import Self

from devices.protocol.units import SECOND
from firmware_sim import runtime
from firmware_sim.link import MqttLink

TOPIC = "loa/bench/bare"
CONNECTS = 500
"""Connections opened a second."""
EVENTS = 512
TICK = 5 * SECOND
WILL = ("loa/bench/will", b"gone")


class BareClient:
    """One connection and its counters."""

    def __init__(self, url: str, name: str) -> None:
        self.link = MqttLink(url, name, self)
        self.ready = False
        self.heard = 0

    def serve(self) -> None:
        """Its socket has something to read."""
        self.link.read()
        if self.link.wants_write():
            self.link.write()
        self.link.push()

    def on_up(self) -> None:
        self.link.subscribe(TOPIC, 1)

    def on_down(self) -> None:
        self.ready = False

    def on_message(self, topic: str, payload: bytes) -> None:
        self.heard += 1

    def on_suback(self, topic: str, granted: bool) -> None:
        self.ready = granted


class BareFleet:
    """`with BareFleet(url, 1_000) as bare: bare.live(10)`."""

    def __init__(self, url: str, count: int) -> None:
        self.clients = [BareClient(url, f"bare-{number}") for number in range(count)]
        self._by_fd: dict[int, BareClient] = {}
        self._tick_at = 0

    @property
    def ready(self) -> int:
        """How many are connected and subscribed."""
        return sum(client.ready for client in self.clients)

    @property
    def heard(self) -> int:
        return sum(client.heard for client in self.clients)

    def __enter__(self) -> Self:
        """Connect them all, at the pace of `CONNECTS`."""
        runtime.allow_files(256 + len(self.clients))
        self._epoll = select.epoll()
        began = runtime.monotonic()
        for number, client in enumerate(self.clients):
            client.link.open(WILL)
            client.link.push()
            opened = client.link.fileno()
            if opened is not None:
                self._by_fd[opened] = client
                self._epoll.register(opened, select.EPOLLIN)
            due = began + number * SECOND // CONNECTS
            while self._serve(0.0) or runtime.monotonic() < due:
                pass
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self.clients:
            client.link.close()
        self._epoll.close()

    def live(self, seconds: float) -> None:
        """Serve for a while."""
        until = runtime.monotonic() + int(seconds * SECOND)
        while (left := until - runtime.monotonic()) > 0:
            self._serve(left / SECOND)

    def publish(self, payload: bytes) -> None:
        """One message to all, said by the first of them."""
        first = self.clients[0].link
        first.publish(TOPIC, payload, 1, False)
        first.push()

    def _serve(self, seconds: float) -> int:
        events = self._epoll.poll(min(seconds, TICK / SECOND), EVENTS)
        for opened, _ in events:
            self._by_fd[opened].serve()
        if runtime.monotonic() >= self._tick_at:
            self._tick_at = runtime.monotonic() + TICK
            for client in self.clients:
                client.link.tick()
                client.link.push()
        return len(events)
