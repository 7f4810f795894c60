"""One client's connection through the proxy: two sockets, two pipes, and what happens to them on the way."""

from collections.abc import Callable
from typing import Protocol

from firmware_sim.chaos import framing
from firmware_sim.chaos.errors import NotMqtt
from firmware_sim.chaos.framing import Framer, Packet, Publish
from firmware_sim.chaos.lane import Lane
from firmware_sim.chaos.pipe import Pipe
from firmware_sim.chaos.redelivery import Redelivery
from firmware_sim.chaos.sockets import Side, Socket


class Clients(Protocol):
    """What is known of a client beyond one connection."""

    def lets_in(self, client: str) -> bool:
        """Whether it gets through now."""

    def redeliveries(self, client: str) -> tuple[Redelivery, Redelivery]:
        """Up and down."""

    def cut_within(self, client: str, said: Publish) -> int | None:
        """See `Transfers.cut_within`."""

    def was_cut(self, client: str) -> None: ...


class Passage:
    """`on_end` is called once, when both sockets are gone."""

    def __init__(
        self, up: Lane, down: Lane, clients: Clients, on_end: Callable[["Passage"], None], cut_after_bytes: int = 0
    ) -> None:
        self.client, self.broker = Socket(self, "client"), Socket(self, "broker")
        self.up = Pipe(up, self.broker.write, self.client.read_on)
        self.down = Pipe(down, self.client.write, self.broker.read_on)
        self.up.block(True)
        self._framers = {"client": Framer(), "broker": Framer()}
        self._clients = clients
        self._on_end = on_end
        self._cut_after = cut_after_bytes
        self._name = ""
        self._again_up, self._again_down = Redelivery(), Redelivery()
        self.dumb = False
        self._over = False

    # What happens to it

    def on_open(self, side: Side) -> None:
        if self._over:
            self.broker.reset()
        elif side == "broker":
            self.up.block(False)

    def on_data(self, side: Side, data: bytes) -> None:
        take = self._from_client if side == "client" else self._from_broker
        try:
            for packet in [] if self._over or self.dumb else self._framers[side].feed(data):
                if not self._over:
                    take(packet)
            self.up.send()
            self.down.send()
        except NotMqtt:
            self.refuse()

    def on_lost(self, side: Side) -> None:
        """One side has gone: the other hears of it after all that was said. A dumb link tells nobody."""
        other, way = (self.broker, self.up) if side == "client" else (self.client, self.down)
        if other.transport is None:
            self._end()
        elif not (self._over or self.dumb):
            self._over = True
            way.then(other.close)

    def on_blocked(self, side: Side, blocked: bool) -> None:
        (self.down if side == "client" else self.up).block(blocked)

    def cut(self) -> None:
        """Both sides lose it at once, with RST."""
        self._clients.was_cut(self._name)
        self.refuse()

    def refuse(self) -> None:
        """As `cut`, but it is no fault of the link."""
        self._over = True
        for way, end in ((self.up, self.broker), (self.down, self.client)):
            way.drop()
            end.reset()

    def fall_silent(self) -> None:
        """From now on bytes vanish both ways; no socket closes."""
        if not self._over:
            self.dumb = True
            self.up.drop()
            self.down.drop()

    def _end(self) -> None:
        self._over = True
        self.up.drop()
        self.down.drop()
        self._on_end(self)

    # What passes

    def _from_client(self, packet: Packet) -> None:
        if packet.kind == framing.CONNECT:
            self._name = framing.client_id(packet)
            if not self._clients.lets_in(self._name):
                self.refuse()
                return
            self._again_up, self._again_down = self._clients.redeliveries(self._name)
        elif packet.kind == framing.PUBLISH and packet.qos == 1:
            self._again_up.passes(packet, framing.read_publish(packet).number)
        elif packet.kind == framing.PUBACK and self._again_down.answered(framing.acknowledged(packet)):
            return
        self.up.put(packet.raw)

    def _from_broker(self, packet: Packet) -> None:
        if packet.kind == framing.PUBACK and self._again_up.answered(framing.acknowledged(packet)):
            return
        passing = self._passing(packet) if packet.kind == framing.PUBLISH else None
        if self._cut_after and self.down.taken + len(packet.raw) >= self._cut_after:
            left = self._cut_after - self.down.taken
            passing = left if passing is None else min(passing, left)
        self.down.put(packet.raw[:passing])
        if passing is not None:
            self._over = True
            self.down.then(self.cut)
        elif packet.kind == framing.CONNACK and framing.accepted(packet):
            self._deliver_again()

    def _passing(self, packet: Packet) -> int | None:
        """How much of a PUBLISH downwards passes before a cut; None: all, and no cut."""
        said = framing.read_publish(packet)
        if packet.qos == 1:
            self._again_down.passes(packet, said.number)
        within = self._clients.cut_within(self._name, said)
        return None if within is None else len(packet.raw) - len(said.payload) + within

    def _deliver_again(self) -> None:
        for packet in self._again_down.begin():
            self.down.put(packet.raw)
        for packet in self._again_up.begin():
            self.up.put(packet.raw)
