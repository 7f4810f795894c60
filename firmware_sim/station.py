"""One speaker in a fleet: its machine, its clock and its connection, and when it wants to be looked at."""

from collections.abc import Callable

from devices.protocol.units import SECOND
from firmware_sim.crystal import Crystal
from firmware_sim.link import MqttLink
from firmware_sim.ports import Chance, SpeakerLink
from firmware_sim.speaker import Parts, Speaker

TICK = 5 * SECOND
"""How often a connection is asked about its keep-alive, us."""
FIRST_PAUSE = SECOND
LONGEST_PAUSE = 60 * SECOND
NEVER = 2**62


class Station:
    """`real` is the machine's monotonic clock; every instant here is by it, in us."""

    def __init__(
        self,
        url: str,
        device: str,
        assemble: Callable[[SpeakerLink], Parts],
        crystal: Crystal,
        chance: Chance,
        real: Callable[[], int],
    ) -> None:
        self._link = MqttLink(url, device, self)
        self.speaker = Speaker(assemble(self._link))
        self._crystal = crystal
        self._chance = chance
        self._real = real
        self._attempts = 0
        self._connect_at: int | None = None
        self._tick_at = NEVER
        self.connected = False

    def power_on(self, connect_at: int) -> None:
        self.speaker.power_on(self._mono())
        self._connect_at = connect_at

    def power_off(self) -> None:
        """Everything stops as it is; the broker notices by itself."""
        self._connect_at, self._tick_at, self.connected = None, NEVER, False
        self._link.close()

    def socket(self) -> tuple[int, int] | None:
        """The connection's number and its socket; None while there is none."""
        fd = self._link.fileno()
        return None if fd is None else (self._link.opened, fd)

    def wants_write(self) -> bool:
        return self._link.wants_write()

    def settle(self) -> None:
        """Bring files up to date with what has sounded by now."""
        self.speaker.do_once(self._mono())

    def due(self) -> int:
        """When to call `run` next."""
        wakeup = self.speaker.next_wakeup()
        own = NEVER if wakeup is None else self._crystal.real(wakeup)
        return min(own, self._tick_at, NEVER if self._connect_at is None else self._connect_at)

    def run(self, now: int) -> None:
        """Do what is due."""
        if self._connect_at is not None and now >= self._connect_at:
            self._connect(now)
        if now >= self._tick_at:
            self._tick_at = now + TICK
            self._link.tick()
        self.speaker.do_once(self._mono())
        self.flush()

    def on_readable(self) -> None:
        self._link.read()
        self.flush()

    def flush(self) -> None:
        """Send what is waiting, as far as the socket takes it."""
        if self._link.wants_write():
            self._link.write()
        self._link.settle()

    # What the link tells

    def on_up(self) -> None:
        self._attempts = 0
        self.connected = True
        self.speaker.on_connected(self._mono())

    def on_down(self) -> None:
        was_connected, self.connected = self.connected, False
        self._connect_later(self._real())
        if was_connected:
            self.speaker.on_disconnected(self._mono())

    def on_message(self, topic: str, payload: bytes) -> None:
        self.speaker.on_message(topic, payload, self._mono())

    def on_suback(self, topic: str, granted: bool) -> None:
        self.speaker.on_suback(topic, granted, self._mono())

    def _connect(self, now: int) -> None:
        self._connect_at = None
        try:
            self._link.open(self.speaker.last_will())
        except OSError:
            self._connect_later(now)
        else:
            self._tick_at = now + TICK

    def _connect_later(self, now: int) -> None:
        """Each time later, and never all at once."""
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self._attempts, 10))
        self._attempts += 1
        self._tick_at = NEVER
        self._connect_at = now + int(pause * self._chance.uniform(0.5, 1.0))

    def _mono(self) -> int:
        return self._crystal.mono(self._real())
