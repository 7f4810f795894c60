"""A tiny controller on a real broker: answers time requests and hellos, acknowledges receipts, says what it is told."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from devices.protocol.codec import parse, parse_unsigned
from devices.protocol.messages.speaker import Receipt, Report
from devices.protocol.messages.time import TimeRequest
from devices.protocol.signing import open_envelope
from firmware_sim.identity import Identity
from tests.firmware_sim.headquarters import Headquarters, Message


def utc() -> int:
    return time.time_ns() // 1_000


def eventually(true: Callable[[], bool], seconds: float, turn: Callable[[], None] = lambda: time.sleep(0.02)) -> float:
    """Seconds until it became true, calling `turn` meanwhile; fails after `seconds`."""
    begin = time.monotonic()
    while not true():
        assert time.monotonic() < begin + seconds, "it did not come true"
        turn()
    return time.monotonic() - begin


class LiveOffice:
    def __init__(self, port: int, identities: Sequence[Identity], clips: dict[str, str] | None = None) -> None:
        self.pen = Headquarters(now=utc())
        self.receipts: dict[str, dict[int, Receipt]] = defaultdict(dict)
        self.reports: list[Report] = []
        self._port = port
        self._numbers = {identity.device: number for number, identity in enumerate(identities)}
        self._clips = clips or {}
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, "office")
        self._client.reconnect_delay_set(1, 2)
        self._client.max_inflight_messages_set(1000)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._ready = threading.Event()

    def __enter__(self) -> "LiveOffice":
        self._client.connect("127.0.0.1", self._port, 60)
        self._client.loop_start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def say(self, message: Message, retain: bool = False) -> None:
        self._client.publish(message[0], message[1], 1, retain)

    def retain(self, topics: dict[str, bytes]) -> None:
        for message in topics.items():
            self.say(message, retain=True)

    def ended(self, occurrence: str) -> dict[str, Receipt]:
        """The last receipt about an occurrence, by device, where it is an end."""
        found = {}
        for device, receipts in list(self.receipts.items()):
            for receipt in list(receipts.values()):
                if receipt.occurrence == occurrence and receipt.state not in ("have", "playing"):
                    found[device] = receipt
        return found

    def having(self, occurrence: str) -> int:
        every = [receipt for receipts in list(self.receipts.values()) for receipt in list(receipts.values())]
        return sum(receipt.occurrence == occurrence and receipt.state == "have" for receipt in every)

    def _on_connect(self, client: mqtt.Client, *_: object) -> None:
        client.subscribe([(self.pen.topics.up_all, 1), (self.pen.topics.time_requests, 0)])
        self.say(self.pen.trust(seq=2), retain=True)
        self._ready.set()

    def _on_message(self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        came = utc()
        address = self.pen.topics.parse(message.topic)
        if address.kind == "time_req":
            request = parse_unsigned(message.payload, TimeRequest)
            self.say(self.pen.time_answer(address.subject, request.nonce, request.t1, came, utc()))
        elif address.leaf == "hello":
            number = self._numbers[address.subject]
            self.say(self.pen.config(address.subject, areas=(("area", number),), clips=self._clips), retain=True)
        elif address.leaf == "receipt":
            self._book(address.subject, parse(open_envelope(message.payload).payload, Receipt))
        elif address.leaf == "log":
            self.reports.append(parse(open_envelope(message.payload).payload, Report))

    def _book(self, device: str, receipt: Receipt) -> None:
        booked = self.receipts[device]
        booked[receipt.n] = receipt
        through = next(number for number in range(1, len(booked) + 2) if number not in booked) - 1
        self.say(self.pen.ack(device, receipt.ledger, through))
