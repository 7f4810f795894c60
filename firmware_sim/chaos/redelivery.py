"""QoS 1 messages of one client and one direction that are delivered again at its next connection.

Brokers with a persistent session, and clients with a store, send again what was not acknowledged when the
connection ended, with DUP (MQTT 3.1.1, section 4.4). Here an acknowledgement may also count as lost on its way.
"""

from collections import deque
from collections.abc import Callable

from firmware_sim.chaos.framing import Packet, again

MOST = 200
"""Messages kept for one client and direction; the oldest go first."""
HIGHEST = 65_535


class Redelivery:
    """`loses` says of each acknowledgement whether it counts as lost; without it nothing is delivered again."""

    def __init__(self, loses: Callable[[], bool] | None = None) -> None:
        self._loses = loses
        self._open: dict[int, Packet] = {}
        """By number, oldest first: on its way in this connection."""
        self._ours: set[int] = set()
        """Numbers of what was delivered again in this connection: nobody else waits for their PUBACK."""
        self._due: deque[Packet] = deque(maxlen=MOST)

    def passes(self, packet: Packet, number: int) -> None:
        """A QoS 1 PUBLISH goes to the receiver."""
        if self._loses is not None:
            self._open.pop(number, None)
            self._open[number] = packet

    def answered(self, number: int) -> bool:
        """The receiver acknowledges `number`; whether it answers us, so that the sender must not hear it."""
        if number in self._ours:
            self._ours.discard(number)
            return True
        packet = self._open.pop(number, None)
        if packet is not None and self._loses is not None and self._loses():
            self._due.append(packet)
        return False

    def begin(self) -> list[Packet]:
        """A new connection, so the last one is gone, and with it every acknowledgement on its way.

        What is delivered again in this one, under numbers that the sender reaches last.
        """
        self._due.extend(self._open.values())
        due = [again(packet, HIGHEST - place) for place, packet in enumerate(self._due)]
        self._due.clear()
        self._open.clear()
        self._ours = {HIGHEST - place for place in range(len(due))}
        return due
