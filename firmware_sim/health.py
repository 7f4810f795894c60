"""The heartbeat: when it beats, and the port to the box whose values it carries."""

from dataclasses import dataclass
from typing import Protocol

from devices.protocol.messages.speaker import AmplifierWord, Feed, Slot
from devices.protocol.units import SECOND
from firmware_sim.ports import Chance, SpeakerLink
from firmware_sim.sinks import Sink


class Heartbeat:
    """Beats every `period` s from a random phase on, so that a village does not beat at once."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._next: int | None = None

    def begin(self, period: int, mono: int) -> None:
        self._next = mono + int(self._chance.uniform(0, period) * SECOND)

    def stop(self) -> None:
        self._next = None

    def is_due(self, period: int, mono: int) -> bool:
        """Whether to beat now; sets the next beat."""
        if self._next is None or mono < self._next:
            return False
        self._next = mono + period * SECOND
        return True

    def next_wakeup(self) -> int | None:
        return self._next


@dataclass(frozen=True, slots=True)
class Readings:
    """What a box measures; units and meaning as in the message `health`, None where the make lacks the part."""

    temperature: float
    supply: float
    signal: int
    slot: Slot | None = None
    feed: Feed | None = None
    battery: int | None = None
    battery_volts: float | None = None
    charging: bool | None = None
    amplifier: AmplifierWord | None = None
    drive: float | None = None
    heard: float | None = None
    noise: float | None = None
    tone: int | None = None
    data_used: int | None = None
    data_share: int | None = None


class Body(Protocol):
    """The box around the core: it is told what passes through it, and asked at each heartbeat how it is."""

    @property
    def firmware(self) -> str:
        """Version that runs."""
        ...

    def boot(self, now: int) -> None:
        """Power came."""
        ...

    def confirm(self) -> None:
        """The speaker has reached its broker: what runs may stay."""
        ...

    def horn(self, inner: Sink) -> Sink:
        """Stands between the player and the amplifier."""
        ...

    def line(self, inner: SpeakerLink) -> SpeakerLink:
        """Stands between the speaker and its line."""
        ...

    def received(self, topic: str, payload_bytes: int) -> None: ...

    def readings(self, mono: int, now: int, playing: bool) -> Readings:
        """Now: `mono` by the speaker's clock, `now` us UTC as well as anybody here knows."""
        ...
