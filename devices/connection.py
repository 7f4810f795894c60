"""The controller side's one door to paho: a single connection from its CONNECT to its loss.

It waits with epoll, for `select` (what paho's own loop uses) cannot see descriptors above 1,023. Callbacks
only stamp and hand over. Everything here runs in the thread that calls `live`, and for one connection:
paho would send again after a reconnect whatever the last one left unsent, so each gets a fresh client.
"""

import selectors
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from devices.address import MqttUrl
from devices.backlog import Backlog
from devices.link import Inbound

KEEPALIVE_S = 30
CONNECT_S = 5.0
DRAIN_S = 2.0
TICK_S = 1.0
BATCH = 100
"""So many are sent before the socket is read again."""


@dataclass(frozen=True)
class Identity:
    """Which broker, who we are to it, and what we want to hear: (filter, QoS) pairs."""

    url: MqttUrl
    client_id: str
    subscriptions: tuple[tuple[str, int], ...]
    keepalive_s: int = KEEPALIVE_S


class Connection:
    """One paho client. `hear` gets each message, `came_up` is called when every subscription is granted
    and is expected to open the backlog, which is then sent as the broker takes it.
    """

    def __init__(
        self,
        identity: Identity,
        backlog: Backlog,
        hear: Callable[[Inbound], None],
        came_up: Callable[[], None],
        now: Callable[[], int],
    ) -> None:
        self._identity = identity
        self._backlog = backlog
        self._hear = hear
        self._came_up = came_up
        self._now = now
        self._under_way: dict[int, int] = {}
        self._why = ""
        self._heard_at = 0
        """When the broker last said anything; it is asked after one keepalive, and given half of one to answer."""
        self._client = self._prepared()

    def _prepared(self) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._identity.client_id,
            clean_session=True,
            protocol=MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
        )
        client.connect_timeout = CONNECT_S
        client.max_inflight_messages_set(0)  # the backlog is the bound; paho's own window is slow to refill
        client.on_socket_open = self._opened
        client.on_connect = self._connected
        client.on_subscribe = self._subscribed
        client.on_message = self._received
        client.on_publish = self._published
        client.on_disconnect = self._disconnected
        return client

    def live(self, heard: socket.socket, stopping: threading.Event) -> str:
        """Connect and serve until the connection ends, woken by `heard`; returns why it ended.

        Once `stopping` is set it sends what waits, for at most 2 s, and says good-bye. OSError: no
        connection came about.
        """
        self._identify()
        url = self._identity.url
        self._client.connect(url.host, url.port, self._identity.keepalive_s)
        sock: Any = self._client.socket()
        if sock is None:
            return self._why
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(sock, selectors.EVENT_READ)
                selector.register(heard, selectors.EVENT_READ)
                self._serve(selector, sock, heard, stopping)
        finally:
            if self._has(sock):
                sock.close()
        return self._why or "stopped, not everything was acknowledged"

    def _has(self, sock: Any) -> bool:
        return self._client.socket() is sock

    def _identify(self) -> None:
        url = self._identity.url
        if url.user is not None:
            self._client.username_pw_set(url.user, url.password)
        if url.tls:
            context = ssl.create_default_context(cafile=url.ca)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            if url.cert is not None:
                context.load_cert_chain(url.cert, url.key)
            self._client.tls_set_context(context)

    def _serve(
        self, selector: selectors.BaseSelector, sock: Any, heard: socket.socket, stopping: threading.Event
    ) -> None:
        self._heard_at = self._now()
        keepalive = self._identity.keepalive_s * 1_000_000
        answer_by = self._heard_at + keepalive
        leave_by: int | None = None
        while self._has(sock):
            self._turn(selector, sock, heard)
            now = self._now()
            if leave_by is not None and now >= leave_by:
                return
            if not self._backlog.is_open and now > answer_by:
                self._leave("no answer")
            if now > self._heard_at + keepalive * 3 // 2:
                self._leave("silence")
            if stopping.is_set():
                leave_by = leave_by or now + int(DRAIN_S * 1_000_000)
                if not len(self._backlog):
                    self._leave("stopped")

    def _turn(self, selector: selectors.BaseSelector, sock: Any, heard: socket.socket) -> None:
        """Send what waits, then wait for the socket, the bell or the next second, and serve them."""
        self._send_waiting()
        if not self._has(sock):
            return
        _push(sock)
        blocked = self._client.want_write()
        selector.modify(sock, selectors.EVENT_READ | (selectors.EVENT_WRITE if blocked else 0))
        unread = isinstance(sock, ssl.SSLSocket) and sock.pending() > 0
        at_once = unread or (self._backlog.waiting and not blocked)
        ready = {key.fileobj: events for key, events in selector.select(0 if at_once else TICK_S)}
        if heard in ready:
            heard.recv(65_536)
        if unread or ready.get(sock, 0) & selectors.EVENT_READ:
            self._heard_at = self._now()
            self._client.loop_read()
            self._acknowledge_at_once(sock)
        if ready.get(sock, 0) & selectors.EVENT_WRITE:
            self._client.loop_write()
        self._client.loop_misc()
        if self._has(sock):
            _push(sock)

    def _acknowledge_at_once(self, sock: Any) -> None:
        """A broker without TCP_NODELAY (rumqttd) holds its next message until our system acknowledges this
        one, up to 40 ms later: too uneven for time requests. The option lasts for one acknowledgement.
        """
        if hasattr(socket, "TCP_QUICKACK") and self._has(sock):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def _send_waiting(self) -> None:
        for _ in range(BATCH):
            message = None if self._client.want_write() else self._backlog.take()
            if message is None:
                return
            sent = self._client.publish(message.topic, message.payload, message.qos, message.retain)
            if message.qos == 0:
                self._backlog.done(len(message.payload))
            else:
                self._under_way[sent.mid] = len(message.payload)

    def _leave(self, why: str) -> None:
        if not self._why:
            self._why = why
            self._client.disconnect()

    def _opened(self, _client: Client, _data: Any, sock: Any) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _push(sock)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # unanswered for half a keepalive: the peer is gone
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, self._identity.keepalive_s * 500)

    def _connected(
        self, client: Client, _data: Any, _flags: ConnectFlags, reason: ReasonCode, _props: Properties | None
    ) -> None:
        if reason.is_failure:
            self._why = f"refused: {reason}"
        elif self._identity.subscriptions:
            client.subscribe(list(self._identity.subscriptions))
        else:
            self._came_up()

    def _subscribed(
        self, _client: Client, _data: Any, _mid: int, granted: list[ReasonCode], _props: Properties | None
    ) -> None:
        if any(reason.is_failure for reason in granted):
            self._leave("subscription refused")
        else:
            self._came_up()

    def _received(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        received_at = self._now()
        try:
            topic = message.topic
        except UnicodeDecodeError:  # none of ours; a broker should not have passed it on
            return
        self._hear(Inbound(topic, bytes(message.payload), bool(message.retain), received_at))

    def _published(self, _client: Client, _data: Any, mid: int, _reason: ReasonCode, _props: Properties) -> None:
        size = self._under_way.pop(mid, None)
        if size is not None:
            self._backlog.done(size)

    def _disconnected(
        self, _client: Client, _data: Any, _flags: DisconnectFlags, reason: ReasonCode, _props: Properties | None
    ) -> None:
        self._why = self._why or f"lost: {reason}"


def _push(sock: Any) -> None:
    """Linux holds back less than a full packet until the next push: messages of one moment leave together."""
    if hasattr(socket, "TCP_CORK"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
