"""A stream of bytes cut into MQTT 3.1.1 packets, and the few fields of them that a proxy must know.

Pure. Believes nothing: what is no MQTT is refused, and no length that a stranger names is reserved.
"""

from dataclasses import dataclass
from typing import Literal

from firmware_sim.chaos.errors import NotMqtt

CONNECT, CONNACK, PUBLISH, PUBACK = 1, 2, 3, 4
MOST_BYTES = 1024 * 1024
"""Longest packet that is taken, bytes; a message of this protocol has 128 KiB."""
_DUP = 0x08

Kind = Literal[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]


@dataclass(frozen=True)
class Packet:
    """One packet with its fixed header (MQTT 3.1.1, section 2.2); `body` is what follows the header."""

    raw: bytes
    start: int
    """Length of the fixed header, bytes: 2 to 5."""

    @property
    def kind(self) -> int:
        return self.raw[0] >> 4

    @property
    def qos(self) -> int:
        """Of a PUBLISH."""
        return (self.raw[0] >> 1) & 3

    @property
    def body(self) -> bytes:
        return self.raw[self.start :]


@dataclass(frozen=True)
class Publish:
    """What a PUBLISH says; `number` is its packet identifier, 0 at QoS 0."""

    topic: str
    number: int
    payload: bytes


class Framer:
    """Bytes in, whole packets out; keeps the rest, at most one packet, for the next time."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[Packet]:
        """The packets that are whole with `data`; NotMqtt where the stream cannot be MQTT."""
        self._rest += data
        found, at = [], 0
        while (head := read_header(self._rest, at)) is not None:
            start, length = head
            if start + length > self._most:
                raise NotMqtt(why="too long", bytes=length)
            if at + start + length > len(self._rest):
                break
            found.append(Packet(bytes(self._rest[at : at + start + length]), start))
            at += start + length
        del self._rest[:at]
        return found

    @property
    def held(self) -> int:
        """Bytes of a packet that is not whole."""
        return len(self._rest)


def read_header(data: bytes | bytearray, at: int) -> tuple[int, int] | None:
    """Length of the fixed header at `at`, and the remaining length it names; None if it is not all there."""
    if at < len(data) and not 1 <= data[at] >> 4 <= 14:
        raise NotMqtt(why="packet type")
    length = 0
    for place in range(1, 5):
        if at + place >= len(data):
            return None
        length |= (data[at + place] & 0x7F) << (7 * (place - 1))
        if data[at + place] < 0x80:
            return 1 + place, length
    raise NotMqtt(why="remaining length")


def write_header(first: int, length: int) -> bytes:
    """A fixed header: first byte, and the remaining length in as few bytes as it takes."""
    out = bytearray([first])
    while True:
        length, low = divmod(length, 128)
        out.append(low | (0x80 if length else 0))
        if not length:
            return bytes(out)


def client_id(packet: Packet) -> str:
    """Who a CONNECT says it is; NotMqtt where it does not say so in the shape of MQTT."""
    body = packet.body
    name_end = 2 + _number(body, 0)
    return _text(body, name_end + 4)[0]  # protocol level, flags and keep-alive are 4 bytes


def read_publish(packet: Packet) -> Publish:
    """Topic, number and payload of a PUBLISH; NotMqtt where these are not in it."""
    body = packet.body
    topic, at = _text(body, 0)
    if packet.qos == 0:
        return Publish(topic, 0, body[at:])
    return Publish(topic, _number(body, at), body[at + 2 :])


def acknowledged(packet: Packet) -> int:
    """The number of the PUBLISH that a PUBACK answers."""
    return _number(packet.body, 0)


def accepted(packet: Packet) -> bool:
    """Whether a CONNACK lets the client in."""
    return packet.body[1:2] == b"\0"


def again(packet: Packet, number: int) -> Packet:
    """A QoS 1 PUBLISH as it is delivered a second time: with DUP, under another number."""
    body = packet.body
    at = 2 + _number(body, 0)
    header = write_header(packet.raw[0] | _DUP, len(body))
    return Packet(header + body[:at] + number.to_bytes(2, "big") + body[at + 2 :], len(header))


def _number(body: bytes, at: int) -> int:
    if at + 2 > len(body):
        raise NotMqtt(why="short")
    return int.from_bytes(body[at : at + 2], "big")


def _text(body: bytes, at: int) -> tuple[str, int]:
    """A length-prefixed text and where it ends."""
    end = at + 2 + _number(body, at)
    if end > len(body):
        raise NotMqtt(why="short")
    return body[at + 2 : end].decode("utf-8", "replace"), end
