"""A plain MQTT client for tests: what a speaker, or a stranger, would be to a broker."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from devices.address import MqttUrl

WAIT_S = 10.0
SILENCE_S = 0.5
"""Long enough that a message which is not coming would have come."""


def eventually(condition: Callable[[], object], seconds: float = WAIT_S) -> bool:
    """Whether the condition comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


class MqttClient:
    """Connects at once in a thread of its own; `got` is what came, `lost` whether the connection ended."""

    def __init__(
        self,
        url: str,
        name: str,
        *filters: str,
        qos: int = 1,
        will: tuple[str, bytes, bool] | None = None,
        keepalive_s: int = 60,
    ) -> None:
        self.got: list[MQTTMessage] = []
        self.lost = threading.Event()
        self.answers: list[int] = []
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=name, reconnect_on_failure=False)
        self._client.on_socket_open = lambda _c, _d, sock: sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client.on_message = lambda _c, _d, message: self.got.append(message)
        self._client.on_disconnect = lambda *_: self.lost.set()
        self._client.on_subscribe = lambda _c, _d, mid, _r, _p: self.answers.append(mid)
        self._client.on_unsubscribe = lambda _c, _d, mid, _r, _p: self.answers.append(mid)
        if will is not None:
            self._client.will_set(will[0], will[1], 1, will[2])
        address = MqttUrl.parse(url)
        self._client.connect(address.host, address.port, keepalive_s)
        self._client.loop_start()
        if filters:
            self.subscribe(*filters, qos=qos)
        else:
            assert eventually(self._client.is_connected)

    def subscribe(self, *filters: str, qos: int = 1) -> None:
        """Subscribe, and wait until it is granted."""
        _, mid = self._client.subscribe([(filter_, qos) for filter_ in filters])
        assert eventually(lambda: mid in self.answers)

    def unsubscribe(self, filter_: str) -> int:
        """Ask for it; the number of the request, which appears in `answers` if it is answered."""
        return self._client.unsubscribe(filter_)[1] or 0

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        """Publish, and wait until the broker has it."""
        self._client.publish(topic, payload, qos, retain).wait_for_publish(WAIT_S)

    def offer(self, topic: str, payload: bytes) -> None:
        """Publish, and wait for nothing."""
        self._client.publish(topic, payload, 1)

    def payloads(self, topic: str | None = None) -> list[bytes]:
        return [bytes(message.payload) for message in self.got if topic in (None, message.topic)]

    def cut(self) -> None:
        """Lose the connection without a word."""
        sock: Any = self._client.socket()
        sock.shutdown(socket.SHUT_RDWR)

    def freeze(self) -> None:
        """Stay connected and never say a word again."""
        self._client.loop_stop()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@contextmanager
def clients(*opened: MqttClient) -> Iterator[Sequence[MqttClient]]:
    """Close them all at the end."""
    try:
        yield opened
    finally:
        for client in opened:
            client.close()


def retained_at(url: str, topic: str) -> list[bytes]:
    """What a newcomer is given at once."""
    with clients(MqttClient(url, "newcomer", topic)) as (newcomer,):
        time.sleep(SILENCE_S)
        return newcomer.payloads()
