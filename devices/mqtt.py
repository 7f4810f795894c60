"""The controller's link to a broker: keeps itself connected, and keeps nothing that a connection left.

One thread connects, serves and tries again. Every connection starts with an empty backlog, so that nothing
unsent is replayed after an outage: whoever publishes does so again from the database when the link comes
up. Knows no message's meaning, and nothing of paho.
"""

import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

import structlog

from devices.address import MqttUrl
from devices.backlog import Backlog, Outgoing
from devices.backoff import retry_delay
from devices.connection import CONNECT_S, DRAIN_S, KEEPALIVE_S, Connection, Identity
from devices.errors import NotPublishable
from devices.link import Inbound

SETTLED_US = 10_000_000
"""A connection that lasted this long was a good one: its loss is retried at once."""
MAX_PAYLOAD = 128 * 1024
MAX_TOPIC = 65_535

log = structlog.get_logger("loa.mqtt")


class MqttLink:
    """A `Link` to one broker: publishes, receives what it subscribed to, and comes back after each loss.

    `subscriptions` are (filter, QoS) pairs. `on_message` and `on_link` are called in the link's thread and
    must return at once; retained messages may come before `on_link(True)`, which follows when every
    subscription is granted. `now` gives us UTC, `jitter` a number of [0, 1).
    """

    def __init__(
        self,
        url: MqttUrl | str,
        client_id: str,
        subscriptions: Sequence[tuple[str, int]],
        on_message: Callable[[Inbound], None],
        on_link: Callable[[bool], None],
        now: Callable[[], int],
        jitter: Callable[[], float],
        *,
        keepalive_s: int = KEEPALIVE_S,
    ) -> None:
        url = MqttUrl.parse(url) if isinstance(url, str) else url
        self._identity = Identity(url, client_id, tuple(subscriptions), keepalive_s)
        self._on_message = on_message
        self._on_link = on_link
        self._now = now
        self._jitter = jitter
        self._backlog = Backlog(self._ring)
        self._stopping = threading.Event()
        self._bell: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._log = log.bind(broker=str(url), client=client_id)

    @property
    def up(self) -> bool:
        """Whether it is connected and every subscription is granted."""
        return self._backlog.is_open

    @property
    def backlog(self) -> int:
        """Messages handed over that the broker has not acknowledged yet (QoS 0: not written yet)."""
        return len(self._backlog)

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> bool:
        """Hand a message over, from any thread, without waiting.

        False: not connected, or no room (see devices/backlog); nothing is kept, so offer it again later.
        NotPublishable: a wildcard or nothing as topic, more than 128 KiB, QoS 2.
        """
        _check(topic, payload, qos)
        return self._backlog.put(Outgoing(topic, bytes(payload), qos, retain))

    def start(self) -> None:
        """Begin to connect, in a thread of its own; returns at once, connected or not."""
        if self._thread is not None:
            return
        self._stopping.clear()
        heard, self._bell = socket.socketpair()
        heard.setblocking(False)
        self._bell.setblocking(False)
        self._thread = threading.Thread(target=self._keep_connected, args=(heard,), name="mqtt", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Send what is waiting (at most 2 s), say good-bye and end the thread. Safe to call twice."""
        thread, self._thread = self._thread, None
        if thread is None or self._bell is None:
            return
        self._stopping.set()
        self._ring()
        thread.join(DRAIN_S + CONNECT_S)
        if not thread.is_alive():
            self._bell.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _ring(self) -> None:
        with suppress(OSError):  # a full bell has been heard already, a closed one has nobody to hear it
            if self._bell is not None:
                self._bell.send(b"\0")

    def _keep_connected(self, heard: socket.socket) -> None:
        attempt, complaint = 0, ""
        with heard:
            while not self._stopping.is_set():
                began = self._now()
                complaint = self._connect_once(heard, complaint)
                attempt = 1 if self._now() - began >= SETTLED_US else attempt + 1
                self._stopping.wait(retry_delay(attempt, self._jitter()))

    def _connect_once(self, heard: socket.socket, complaint: str) -> str:
        """Live through one connection; returns why it ended, logged unless it is the `complaint` as before."""
        connection = Connection(self._identity, self._backlog, self._hear, self._came_up, self._now)
        try:
            why = connection.live(heard, self._stopping)
        except OSError as error:
            why = f"{type(error).__name__}: {error}"
        except Exception as error:  # whatever a broker says, the link lives on
            self._log.exception("broker_connection_failed")
            why = type(error).__name__
        if self._backlog.close():
            self._log.info("broker_link_down", why=why)
            self._tell(False)
        elif why != complaint and not self._stopping.is_set():
            self._log.warning("broker_unreachable", why=why)
        return why

    def _came_up(self) -> None:
        self._backlog.open()
        self._log.info("broker_link_up")
        self._tell(True)

    def _tell(self, up: bool) -> None:
        try:
            self._on_link(up)
        except Exception:
            self._log.exception("broker_link_handler_failed", up=up)

    def _hear(self, message: Inbound) -> None:
        try:
            self._on_message(message)
        except Exception:
            self._log.exception("broker_message_handler_failed", topic=message.topic[:200])


def _check(topic: str, payload: bytes, qos: int) -> None:
    """Refuse in the caller's thread what would otherwise end the connection again and again."""
    if not 0 < len(topic.encode("utf-8", "replace")) <= MAX_TOPIC or set(topic) & {"+", "#", "\0"}:
        raise NotPublishable(why="topic", topic=topic[:200])
    if len(payload) > MAX_PAYLOAD:
        raise NotPublishable(why="payload", topic=topic, bytes=len(payload))
    if qos not in (0, 1):
        raise NotPublishable(why="qos", topic=topic, qos=qos)
