"""One speaker with its power, its radio and its own clock. Flash and ledger outlive its power."""

from collections.abc import Callable
from dataclasses import dataclass

from devices.protocol.units import DAY, MILLI, SECOND
from firmware_sim import runtime
from firmware_sim.hardware.box import Hardware
from firmware_sim.hardware.faulty_flash import FaultyFlash, PowerDied
from firmware_sim.identity import Identity
from firmware_sim.ledger import Line
from firmware_sim.memory_flash import MemoryFlash
from firmware_sim.ports import SpeakerLink
from firmware_sim.radio.radio import Radio
from firmware_sim.settings import SpeakerSettings
from firmware_sim.sinks import NullSink
from firmware_sim.sounds import Sounds
from firmware_sim.speaker import Parts, Speaker
from firmware_sim.verdicts import Verdicts
from firmware_sim.village.broker import Client, MemoryBroker
from firmware_sim.village.quartz import Quartz
from firmware_sim.village.virtual_time import VirtualTime

RETRY = 2 * SECOND
"""How long a cut speaker waits at least before it connects again, us; as long again by chance."""
KEEPALIVE = 30 * SECOND
DROPPED = KEEPALIVE * 3 // 2
"""A broker that hears nothing for so long drops the connection, us (MQTT 3.1.1, 3.1.2.10)."""
NOTICED = 2 * KEEPALIVE
"""A speaker whose PINGREQ stays unanswered for another keep-alive gives the connection up, us."""

SLOW = 500 * MILLI
"""A message that takes longer is called delayed, us."""

Build = Callable[["Pole", Parts], Speaker]


class MemoryLedger:
    """Lines in a list; told aloud to whoever writes the history."""

    def __init__(self, tell: Callable[[Line], None]) -> None:
        self.lines: list[Line] = []
        self._tell = tell

    def append(self, line: Line) -> bool:
        self.lines.append(line)
        self._tell(line)
        return True


@dataclass(frozen=True)
class Surroundings:
    """What all poles of a village share."""

    time: VirtualTime
    broker: MemoryBroker
    sounds: Sounds
    verdicts: Verdicts
    seed: int
    build: Build
    note: Callable[[str, Line], None]
    """Told of every ledger line, by speaker."""


class Pole:
    """Drives one speaker by events of virtual time."""

    def __init__(
        self, around: Surroundings, identity: Identity, settings: SpeakerSettings, quartz: Quartz,
        radio: Radio | None, hardware: Hardware | None = None,
    ) -> None:  # fmt: skip
        self.identity = identity
        self.quartz = quartz
        self.hardware = hardware
        """None: a healthy box that runs whenever the street has power."""
        memory = MemoryFlash(settings.flash_bytes)
        self.flash = hardware.flash(memory) if hardware else FaultyFlash(memory)
        self.ledger = MemoryLedger(lambda line: around.note(identity.device, line))
        self.speaker: Speaker | None = None
        self.reachable = True
        self.cuts: list[int] = []
        self.troubles: list[tuple[int, int]] = []
        """From and to when something stood between it and the controller, us."""
        self._settings = settings
        self._around = around
        self._time = around.time
        self._radio = radio
        self._chance = runtime.dice(f"{around.seed}/{identity.device}")
        self.client = Client(identity.device, self._deliver, self._on_cut, self._down)
        self._silent_since = self._silent_until = self._away_until = 0
        self._busy_until = 0
        self._power_looks = 0
        self._boots = 0
        self._wake: int | None = None

    def mono(self) -> int:
        """The speaker's own clock now, us."""
        return self.quartz.mono(self._time.now)

    def clock_jumps(self, by: int) -> None:
        """Its clock counts so many us more at once: what was to be done by then is due."""
        self.quartz.jumped(self._time.now, by)
        if self.speaker is not None:
            self._poke(self.speaker)

    # Power

    def power_up(self) -> None:
        """Boot, unless it runs already."""
        if self.speaker is not None:
            return
        self._boots += 1
        self._busy_until = 0
        around = self._around
        parts = Parts(
            identity=self.identity, settings=self._settings, hardware=self.hardware, flash=self.flash,
            sink=NullSink(), ledger=self.ledger,
            link=_Line(self), chance=runtime.dice(f"{around.seed}/{self.identity.device}/{self._boots}"),
            sounds=around.sounds, world=self.quartz.true, believer=around.verdicts,
        )  # fmt: skip
        self.speaker = around.build(self, parts)
        self._live(Speaker.power_on)
        self.connect()

    def power_cut(self) -> None:
        """Everything stops as it is."""
        if self.speaker is None:
            return
        self.cuts.append(self._time.now)
        self.speaker = None
        self._around.broker.cut(self.client)

    def mains(self, level: float) -> None:
        """Voltage in the street as a share of what it should be; a battery carries the box on for a while."""
        if self.hardware is None:
            self._be_powered(level >= 1)
        else:
            self.hardware.advance(self._time.now)
            self.hardware.mains(level)
            self.watch_power()

    def watch_power(self) -> None:
        """Follow the box's own supply: off when the battery is empty, on when mains or sun have filled it."""
        hardware, self._power_looks = self.hardware, self._power_looks + 1
        if hardware is None:
            return
        change, look = hardware.power_change(self._time.now), self._power_looks
        self._be_powered(hardware.powered)
        self._time.at(change or self._time.now + DAY, lambda: self.watch_power() if look == self._power_looks else None)

    def revive(self) -> None:
        """Boot again after a crash of the flash, if there is power."""
        if self.hardware is None:
            self.power_up()
        else:
            self.watch_power()

    def _be_powered(self, powered: bool) -> None:
        if powered:
            self.power_up()
        else:
            self.power_cut()

    # Network

    def connect(self) -> None:
        """Connect, if there is power, a network and a broker; `find_network` and a broker's return ask again."""
        if self.speaker is None or self.client.up or not (self.reachable and self._around.broker.up):
            return
        free_at = max(self._silent_until, self._away_until)
        if self._time.now < free_at:
            self._time.at(free_at, self.connect)
            return
        self.client.will = self.speaker.last_will()
        self._around.broker.connect(self.client)
        self._live(Speaker.on_connected)

    def lose_network(self) -> None:
        self.reachable = False
        self._around.broker.cut(self.client)

    def find_network(self) -> None:
        self.reachable = True
        self.connect()

    def fade(self, span: int) -> None:
        """The connection breaks, and for `span` us there is no other; then it looks for one by itself."""
        self._away_until = max(self._away_until, self._time.now + span)
        self._around.broker.cut(self.client)

    def fall_silent(self, span: int) -> None:
        """For `span` us nothing passes either way, and nobody is told: TCP waits, then each side gives up."""
        now = self._time.now
        if now >= self._silent_until:
            self._silent_since = now
        self._silent_until = max(self._silent_until, now + span)
        since, generation = self._silent_since, self.client.generation

        def drop() -> None:
            lasts = self._silent_since == since and self._time.now < self._silent_until
            if lasts and self.client.generation == generation:
                self._around.broker.cut(self.client)

        self._time.at(since + DROPPED, drop)

    def mend_line(self) -> None:
        """It carries again, by a new connection: what waited in a silent one would be overtaken."""
        self._away_until = 0
        if self._time.now < self._silent_until:
            self._silent_until = self._time.now
            self._around.broker.cut(self.client)

    @property
    def hears(self) -> bool:
        """Whether what is said to it now arrives, as far as anybody can know."""
        return self.client.up and self._time.now >= self._silent_until

    # The line

    @property
    def broker(self) -> MemoryBroker:
        return self._around.broker

    def up(self, size: int, deed: Callable[[], None]) -> None:
        """Do `deed` at the broker when `size` bytes have got there, if the connection lasts so long."""
        self._later(self._way(self._radio.up if self._radio else None, size), deed)

    def granted(self, topic: str) -> None:
        """The broker's SUBACK sets out."""
        self._later(self._down(len(topic)), lambda: self._live(lambda one, mono: one.on_suback(topic, True, mono)))

    def _later(self, delay: int, deed: Callable[[], None]) -> None:
        generation = self.client.generation

        def arrive() -> None:
            if self.client.up and self.client.generation == generation:
                deed()

        if self.client.up:
            self._time.after(delay, arrive)

    def _down(self, size: int) -> int:
        return self._way(self._radio.down if self._radio else None, size)

    def _way(self, road: Callable[[int, int], int] | None, size: int) -> int:
        now = self._time.now
        delay = max(road(now, size) if road else 10 * MILLI, self._silent_until - now)
        if delay > SLOW:
            self.troubles.append((now, now + delay))
        return delay

    def _deliver(self, topic: str, payload: bytes, _retained: bool) -> None:
        self._live(lambda speaker, mono: speaker.on_message(topic, payload, mono))

    def _on_cut(self) -> None:
        """The broker dropped the connection; a silent speaker finds out later."""
        generation = self.client.generation

        def notice() -> None:
            if self.client.generation == generation:
                self._live(lambda speaker, mono: speaker.on_disconnected(mono))
                self._time.after(RETRY + int(self._chance.random() * RETRY), self.connect)

        if self._time.now < self._silent_until:
            self._time.after(NOTICED - DROPPED, notice)
        else:
            notice()

    # Its own life

    def _live(self, deed: Callable[[Speaker, int], None]) -> None:
        """Let the speaker do something now, or when its flash has done writing; then ask when it wants to wake."""
        speaker, now = self.speaker, self._time.now
        if speaker is None:
            return
        if now < self._busy_until:
            self._time.at(self._busy_until, lambda: self._live(deed) if self.speaker is speaker else None)
            return
        try:
            deed(speaker, self.mono())
        except PowerDied:
            self.power_cut()
            return
        self._busy_until = now + self.flash.take_delay()
        self._poke(speaker)

    def _poke(self, speaker: Speaker) -> None:
        wanted = speaker.next_wakeup()
        if wanted is None:
            return
        at = max(self._time.now, self.quartz.true(wanted) + 1)
        if self._wake is None or at < self._wake or self._wake <= self._time.now:
            self._wake = at
            self._time.at(at, lambda: self._awake(at))

    def _awake(self, at: int) -> None:
        if self._wake == at:
            self._wake = None
            self._live(Speaker.do_once)


class _Line(SpeakerLink):
    """The way out of one boot: what an earlier boot still wants to say is not heard."""

    def __init__(self, pole: Pole) -> None:
        self._pole = pole

    def publish(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
        broker = self._pole.broker
        self._pole.up(len(topic) + len(payload), lambda: broker.publish(topic, payload, retain))

    def subscribe(self, topic: str, qos: int) -> None:
        def listen() -> None:
            self._pole.broker.subscribe(self._pole.client, topic, qos)
            self._pole.granted(topic)

        self._pole.up(len(topic), listen)

    def unsubscribe(self, topic: str) -> None:
        self._pole.up(len(topic), lambda: self._pole.broker.unsubscribe(self._pole.client, topic))
