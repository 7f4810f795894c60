"""One speaker in a fleet: its machine, its clock and its connection, and when it wants to be looked at."""

from collections import Counter
from collections.abc import Callable

from devices.protocol.messages.speaker import ReceiptState
from devices.protocol.units import DAY, SECOND
from firmware_sim.crystal import Crystal, draw_crystal
from firmware_sim.hardware.box import Hardware
from firmware_sim.link import MqttLink
from firmware_sim.ports import Chance, SpeakerLink
from firmware_sim.speaker import Parts, Speaker

TICK = 10 * SECOND
"""How often a connection is asked about its keep-alive, us: with it the broker hears something within 40 s, and it
waits for 45 s."""
FIRST_PAUSE = SECOND
LONGEST_PAUSE = 60 * SECOND
UNWELCOME = 3
"""Failed connections after which a speaker doubts its certificate."""
NEVER = 2**62
OVERDUE = 100
"""Steps of the amplifier that are made up for at a time."""

Assemble = Callable[[SpeakerLink, Crystal], Parts]
"""The parts of a speaker for one life, from power-up to power cut."""


class Station:
    """`real` is the machine's monotonic clock; every instant here is by it, in us."""

    def __init__(
        self, url: str, device: str, assemble: Assemble, chance: Chance, real: Callable[[], int], box: Hardware,
        utc: Callable[[int], int],
    ) -> None:  # fmt: skip
        """`utc`: the true time at a machine's instant; `box` runs on mains, sun and battery by it."""
        self._link = MqttLink(url, device, self)
        self._assemble = assemble
        self._chance = chance
        self._real = real
        self._crystal = draw_crystal(0, chance)
        self._earlier: Counter[ReceiptState] = Counter()
        self._attempts = 0
        self.box, self._utc = box, utc
        self._power_at = self._connect_at = self._mains_at = self._look_at = NEVER
        self._begun = False
        """Whether it has been switched on."""
        self._done = 0
        """Up to when the speaker has lived, by its own clock."""
        self.speaker: Speaker | None = None
        """None while it has no power."""
        self.connected = False

    @property
    def words(self) -> Counter[ReceiptState]:
        """Receipts of each kind that were written since the fleet began."""
        if self.speaker is None or not self._earlier:
            return self._earlier if self.speaker is None else self.speaker.books.words
        return self._earlier + self.speaker.books.words

    @property
    def unwelcome(self) -> bool:
        """Whether the broker has turned it away several times: its certificate may be void."""
        return self._attempts >= UNWELCOME and not self.connected

    @property
    def messages(self) -> int:
        """Said and heard since the fleet began."""
        return self._link.messages

    def switch_on(self, at: int) -> None:
        """Give it power at `at`; it connects at once."""
        self._power_at = at

    def power_cut(self, until: int) -> None:
        """No mains before `until`; a box with a battery lives on it for a while."""
        waiting = 0 if self._mains_at == NEVER else self._mains_at
        self._mains_at = max(until, waiting)
        self._mains(False, self._real())

    def power_off(self) -> None:
        """Everything stops as it is, and for good; the broker notices by itself."""
        self._go_dark()
        self._power_at = self._mains_at = self._look_at = NEVER

    def _go_dark(self) -> None:
        self.settle()
        if self.speaker is not None:
            self._earlier += self.speaker.books.words
        self.speaker, self.connected = None, False
        self._connect_at = NEVER
        self._link.close()

    def _mains(self, there: bool, now: int) -> None:
        self.box.advance(self._utc(now))
        self.box.mains(there)
        self._follow(now)

    def _follow(self, now: int) -> None:
        """Be on while the box is, and look again when that changes by itself."""
        utc = self._utc(now)
        change = self.box.power_change(utc)
        self._look_at = now + (DAY if change is None else change - utc)
        if not self.box.powered:
            self._go_dark()
        elif self.speaker is None and self._begun:
            self._power_up(now)

    def cut(self, until: int) -> None:
        """The connection breaks without a word; no other is tried before `until`."""
        if self.speaker is None:
            return
        self._link.close()
        self._went()
        waiting = 0 if self._connect_at == NEVER else self._connect_at
        self._connect_at = max(until, waiting)

    def socket(self) -> tuple[int, int] | None:
        """The connection's number and its socket; None while there is none."""
        fd = self._link.fileno()
        return None if fd is None else (self._link.opened, fd)

    def wants_write(self) -> bool:
        return self._link.wants_write()

    def settle(self) -> None:
        """Bring files up to date with what has sounded by now."""
        if self.speaker is not None:
            self._sound(self.speaker)
            self.speaker.do_once(self._mono())

    def _sound(self, speaker: Speaker) -> None:
        """A box has a processor of its own: what was due at its amplifier is done as at its time, however busy the
        machine is that plays thousands of them.
        """
        now = self._crystal.mono(self._real())
        for _ in range(OVERDUE):
            due = speaker.next_sound()
            if due is None or due >= now:
                return
            speaker.do_once(max(due, self._done))
            self._done = max(due, self._done)

    def due(self) -> int:
        """When to call `run` next."""
        wakeup = self.speaker.next_wakeup() if self.speaker is not None else None
        own = NEVER if wakeup is None else self._crystal.real(wakeup)
        return min(own, self._connect_at, self._power_at, self._mains_at, self._look_at)

    def run(self, now: int) -> None:
        """Do what is due."""
        if now >= self._mains_at:
            self._mains_at = NEVER
            self._mains(True, now)
        if now >= self._power_at:
            self._power_at, self._begun = NEVER, True
            self._follow(now)
        if now >= self._look_at:
            self._follow(now)
        if now >= self._connect_at:
            self._connect(now)
        self.settle()
        self.flush()

    def tick(self) -> None:
        """Ask the connection about its keep-alive; wanted every `TICK`, however busy the machine is."""
        self._link.tick()
        self.flush()

    def on_readable(self) -> None:
        if self.speaker is not None:
            self.speaker.on_bytes(self._mono())
        self._link.read()
        self.flush()

    def flush(self) -> None:
        """Send what is waiting, as far as the socket takes it."""
        if self._link.wants_write():
            self._link.write()
        self._link.push()
        self._link.settle()

    # What the link tells

    def on_up(self) -> None:
        self._attempts = 0
        self.connected = True
        if self.speaker is not None:
            self._sound(self.speaker)
            self.speaker.on_connected(self._mono())

    def on_down(self) -> None:
        self._connect_later(self._real())
        self._went()

    def on_message(self, topic: str, payload: bytes) -> None:
        if self.speaker is not None:
            self._sound(self.speaker)
            self.speaker.on_message(topic, payload, self._mono())

    def on_suback(self, topic: str, granted: bool) -> None:
        if self.speaker is not None:
            self._sound(self.speaker)
            self.speaker.on_suback(topic, granted, self._mono())

    def _went(self) -> None:
        was_connected, self.connected = self.connected, False
        if was_connected and self.speaker is not None:
            self._sound(self.speaker)
            self.speaker.on_disconnected(self._mono())

    def _power_up(self, now: int) -> None:
        """Another life of the same box: what was not in flash is forgotten, and its clock starts anew."""
        self._connect_at, self._attempts = now, 0
        self._crystal, self._done = self._crystal.booted(now, self._chance), 0
        self.speaker = Speaker(self._assemble(self._link, self._crystal))
        self.speaker.power_on(self._mono())

    def _connect(self, now: int) -> None:
        self._connect_at = NEVER
        if self.speaker is None:
            return
        try:
            self._link.open(self.speaker.last_will())
        except OSError:
            self._connect_later(now)

    def _connect_later(self, now: int) -> None:
        """Each time later, and never all at once."""
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self._attempts, 10))
        self._attempts += 1
        self._connect_at = now + int(pause * self._chance.uniform(0.5, 1.0))

    def _mono(self) -> int:
        """Its clock now: never before what it has lived through."""
        self._done = max(self._done, self._crystal.mono(self._real()))
        return self._done
