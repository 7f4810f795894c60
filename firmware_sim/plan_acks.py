"""What the speaker says of its plan: that it holds it, which audio it still lacks for it, and which it has erased.

Said once a connection when the plan comes, and when what is missing or erased changes; gathered, so that a village
whose audio comes in does not speak with every piece.
"""

from devices.protocol.messages.speaker import PlanAck
from devices.protocol.units import DAY, SECOND
from firmware_sim.clock import Clock
from firmware_sim.erasing import Erasing
from firmware_sim.flash import Flash, free
from firmware_sim.memory import Memory
from firmware_sim.plan import HeldPlan
from firmware_sim.ports import Chance
from firmware_sim.voice import Voice
from firmware_sim.wants import missing

GATHERED = 10 * SECOND
"""Between two acknowledgements at least, us; a random half of it more."""
NAMED = 128
"""Missing blobs that one acknowledgement names at most."""


class PlanAcks:
    def __init__(
        self,
        tenant: str,
        held: HeldPlan,
        memory: Memory,
        flash: Flash,
        erasing: Erasing,
        clock: Clock,
        chance: Chance,
        voice: Voice,
    ) -> None:
        self._tenant = tenant
        self._held = held
        self._memory = memory
        self._flash = flash
        self._erasing = erasing
        self._clock = clock
        self._chance = chance
        self._voice = voice
        self._connected = False
        self._said: tuple[int, list[str], list[str]] | None = None
        """Number, missing and erased blobs, as said last in this connection."""
        self._not_before = 0
        self._at: int | None = None

    def on_plan(self, mono: int) -> None:
        """The plan has come: a new one, or the one held again."""
        if self._said is None or self._said[0] != self._held.seq:
            self._said = None
            self._plan_to_speak(mono)

    def on_dropped(self) -> None:
        """There is no plan to speak of."""
        self._said = self._at = None

    def on_change(self, mono: int) -> None:
        """What is missing or erased may have changed."""
        if self._said is not None:
            self._plan_to_speak(mono)

    def on_connected(self, mono: int) -> None:
        self._connected = True

    def on_disconnected(self) -> None:
        self._connected, self._said, self._at = False, None, None

    def do_once(self, mono: int) -> None:
        if self._at is None or mono < self._at:
            return
        self._at = None
        lacks = missing(self._memory.active(), set(self._flash.whole()))[:NAMED]
        said = self._held.seq, lacks, self._erasing.done()
        if self._said != said:
            self._said = said
            self._not_before = mono + GATHERED
            self._voice.say("ack", self._ack(*said, mono))

    def next_wakeup(self) -> int | None:
        return self._at

    def _plan_to_speak(self, mono: int) -> None:
        if self._connected and self._at is None:
            self._at = max(mono, self._not_before) + int(self._chance.uniform(0, GATHERED // 2))

    def _ack(self, seq: int, lacks: list[str], erased: list[str], mono: int) -> PlanAck:
        return PlanAck(
            tenant=self._tenant,
            to="controller",
            issued_at=self._clock.utc(mono) or 0,
            seq=seq,
            missing=tuple(lacks),
            gone=tuple(erased),
            free=free(self._flash),
            clock_error=self._clock.error(mono + DAY),
        )
