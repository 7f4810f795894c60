"""The one door to paho: a speaker's MQTT 3.1.1 connection, driven from outside by an event loop.

Each connection is a session of its own; nothing is kept from the one before.
"""

import socket
import ssl
from collections.abc import Callable
from typing import Protocol

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from firmware_sim.address import BrokerAddress, tls_context

CONNECT_TIMEOUT = 2.0
KEEPALIVE = 30
"""Seconds."""
INFLIGHT = 200
PACKETS = 16
"""Read from one connection before others have their turn."""
CORK: int | None = getattr(socket, "TCP_CORK", None)
"""Linux holds back less than a full packet until `push`: each one costs 20 to 150 us on the way to a broker."""


class LinkEvents(Protocol):
    """Who hears of it; called from within `read`, `write` and `tick`."""

    def on_up(self) -> None: ...

    def on_down(self) -> None: ...

    def on_message(self, topic: str, payload: bytes) -> None: ...

    def on_suback(self, topic: str, granted: bool) -> None: ...


class MqttLink:
    """See the port `SpeakerLink`; one connection at a time."""

    def __init__(self, url: str, client_id: str, events: LinkEvents) -> None:
        """`url`: see `BrokerAddress`; BadAddress if it is none."""
        self._address = BrokerAddress.read(url)
        self._client_id = client_id
        self._events = events
        self._client: Client | None = None
        self.opened = 0
        """How many connections there have been: tells two sockets of one number apart."""
        self.messages = 0
        """PUBLISH packets said and heard since it was made."""
        self._asked: dict[int, str] = {}
        self._broken = False

    def open(self, will: tuple[str, bytes]) -> None:
        """Connect to the broker; OSError if nobody answers. CONNACK comes later, as `on_up`."""
        client = self._new_client(will)
        client.connect(self._address.host, self._address.port, KEEPALIVE)
        if client.socket() is None:
            raise ConnectionResetError("closed as soon as it was open")
        self._client = client
        self.opened += 1
        self._asked.clear()
        self._broken = False

    def close(self) -> None:
        """Break off without a word, as a power cut does: the broker says the last will."""
        client, self._client = self._client, None
        found = client.socket() if client else None
        if found:
            found.close()

    def fileno(self) -> int | None:
        """The socket to wait on; None while there is no connection."""
        found = self._client.socket() if self._client else None
        return found.fileno() if found else None

    def wants_write(self) -> bool:
        return self._client is not None and self._client.want_write()

    def read(self) -> None:
        """Take in what came, a few packets at a time so that no other connection waits long.

        TLS may have opened more of it than one packet: no socket tells of that again.
        """
        self._run(lambda client: client.loop_read())
        turns = 0
        while self._client and _has_more(self._client.socket(), turns < PACKETS):
            turns += 1
            self._run(lambda client: client.loop_read())

    def write(self) -> None:
        self._run(lambda client: client.loop_write())

    def tick(self) -> None:
        """Keep-alive; wanted every few seconds."""
        self._run(lambda client: client.loop_misc())

    def push(self) -> None:
        """Let what was said leave, in as few packets as it fills; wanted whenever a speaker falls silent."""
        found = self._client.socket() if self._client else None
        if CORK is not None and isinstance(found, socket.socket):
            found.setsockopt(socket.IPPROTO_TCP, CORK, 0)
            found.setsockopt(socket.IPPROTO_TCP, CORK, 1)

    def publish(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
        if self._client:
            self.messages += 1
            self._client.publish(topic, payload, qos, retain)

    def subscribe(self, topic: str, qos: int) -> None:
        if self._client:
            _, mid = self._client.subscribe(topic, qos)
            if mid is not None:
                self._asked[mid] = topic

    def unsubscribe(self, topic: str) -> None:
        if self._client:
            self._client.unsubscribe(topic)

    def _new_client(self, will: tuple[str, bytes]) -> Client:
        client = Client(CallbackAPIVersion.VERSION2, self._client_id, clean_session=True)
        if self._address.user is not None:
            client.username_pw_set(self._address.user, self._address.password)
        if self._address.tls:
            client.tls_set_context(tls_context(self._address))
        client.connect_timeout = CONNECT_TIMEOUT
        client.max_inflight_messages_set(INFLIGHT)
        client.will_set(will[0], will[1], qos=1, retain=True)
        client.on_connect, client.on_disconnect = self._connected, self._disconnected
        client.on_message, client.on_subscribe = self._message, self._subscribed
        client.on_socket_open = _hold_together
        return client

    def settle(self) -> None:
        """Tell of a connection that broke while something was said: never from within the saying."""
        if self._client and self._broken:
            self.close()
            self._events.on_down()

    def _run(self, step: Callable[[Client], MQTTErrorCode]) -> None:
        if self._client:
            self._broken |= step(self._client) != MQTTErrorCode.MQTT_ERR_SUCCESS
            self.settle()

    def _connected(
        self, _client: Client, _userdata: object, _flags: ConnectFlags, reason: ReasonCode, _more: Properties | None
    ) -> None:
        if not reason.is_failure:
            self._events.on_up()

    def _disconnected(
        self, client: Client, _userdata: object, _flags: DisconnectFlags, _reason: ReasonCode, _more: Properties | None
    ) -> None:
        self._broken |= client is self._client

    def _message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        self.messages += 1
        self._events.on_message(message.topic, bytes(message.payload))

    def _subscribed(
        self, _client: Client, _userdata: object, mid: int, reasons: list[ReasonCode], _more: Properties | None
    ) -> None:
        topic = self._asked.pop(mid, None)
        if topic is not None:
            self._events.on_suback(topic, not reasons[0].is_failure)


def _hold_together(_client: Client, _userdata: object, opened: object) -> None:
    """Small messages do not wait for an acknowledgement (Nagle), but those of one moment leave together."""
    if isinstance(opened, socket.socket):
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if CORK is not None:
            opened.setsockopt(socket.IPPROTO_TCP, CORK, 1)


def _has_more(found: object, in_turn: bool) -> bool:
    """Whether another packet, or a piece of one, can be read at once."""
    if isinstance(found, ssl.SSLSocket):
        return found.pending() > 0
    if not in_turn or not isinstance(found, socket.socket):
        return False
    try:
        return len(found.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)) > 0
    except OSError:
        return False
