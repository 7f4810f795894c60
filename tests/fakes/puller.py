"""Many speakers fetching one blob by single retained chunk topics, in one thread: the pull of the wire."""

import hashlib
import selectors
import socket
import time
from collections import Counter
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from devices.address import MqttUrl

WINDOW = 4
PATIENCE_S = 2.0


class Puller:
    """Wants `topics`; asks for 4 at a time at QoS 0, and again (UNSUBSCRIBE, SUBSCRIBE) after 2 s of silence."""

    def __init__(self, url: MqttUrl, name: str, topics: list[str]) -> None:
        self.chunks: dict[str, bytes] = {}
        self.arrivals: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self._topics = topics
        self._open: dict[str, float] = {}
        self.client = Client(CallbackAPIVersion.VERSION2, client_id=name, reconnect_on_failure=False)
        self.client.on_socket_open = lambda _c, _d, sock: sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.client.on_connect = lambda *_: self.ask(time.monotonic())
        self.client.on_message = self._arrived
        self.client.connect(url.host, url.port, 60)

    @property
    def complete(self) -> bool:
        return len(self.chunks) == len(self._topics)

    def digest(self) -> str:
        return hashlib.sha256(b"".join(self.chunks[topic] for topic in self._topics)).hexdigest()

    def ask(self, now: float) -> None:
        """Keep the window full, and ask again for what does not come."""
        for topic, since in list(self._open.items()):
            if now - since > PATIENCE_S:
                self.client.unsubscribe(topic)
                self._request(topic, now)
        missing = (topic for topic in self._topics if topic not in self.chunks and topic not in self._open)
        while len(self._open) < WINDOW and (topic := next(missing, None)) is not None:
            self._request(topic, now)

    def _request(self, topic: str, now: float) -> None:
        self._open[topic] = now
        self.asked[topic] += 1
        self.client.subscribe(topic, 0)

    def _arrived(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self.arrivals[message.topic] += 1
        if self._open.pop(message.topic, None) is not None:
            self.chunks[message.topic] = bytes(message.payload)
            self.client.unsubscribe(message.topic)
            self.ask(time.monotonic())


def pull(url: str, count: int, topics: list[str], seconds: float) -> list[Puller]:
    """Let `count` speakers fetch all topics at once; returns when all are complete or time is up."""
    address = MqttUrl.parse(url)
    pullers = [Puller(address, f"puller-{number}", topics) for number in range(count)]
    deadline = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        for puller in pullers:
            sock: Any = puller.client.socket()
            selector.register(sock, selectors.EVENT_READ, puller)
        while time.monotonic() < deadline and not all(puller.complete for puller in pullers):
            for key, _ in selector.select(0.1):
                key.data.client.loop_read()
            for puller in pullers:
                if puller.client.want_write():
                    puller.client.loop_write()
            now = time.monotonic()
            if any(now - since > PATIENCE_S for puller in pullers for since in puller._open.values()):
                for puller in pullers:
                    puller.ask(now)
    for puller in pullers:
        puller.client.disconnect()
    return pullers
