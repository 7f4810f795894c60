"""How the speaker shows that it is there: its state, one hello per connection, and a heartbeat."""

from devices.protocol.codec import to_json
from devices.protocol.messages.speaker import Health, Hello, State
from devices.protocol.units import SECOND
from firmware_sim.clock import Clock
from firmware_sim.conductor import Conductor
from firmware_sim.configuration import Configuration
from firmware_sim.flash import Flash, free
from firmware_sim.health import Box, Heartbeat
from firmware_sim.memory import Memory
from firmware_sim.ports import Chance
from firmware_sim.receipts import Receipts
from firmware_sim.settings import SpeakerSettings
from firmware_sim.trusted import Trusted
from firmware_sim.voice import Voice

HELLO_PATIENCE = 2 * SECOND
"""Hello waits so long for the broker to grant the filter on which the answer comes."""
HELLO_NAMES = 256


class Presence:
    def __init__(
        self,
        tenant: str,
        settings: SpeakerSettings,
        voice: Voice,
        chance: Chance,
        clock: Clock,
        flash: Flash,
        trusted: Trusted,
        configuration: Configuration,
        memory: Memory,
        receipts: Receipts,
        conductor: Conductor,
    ) -> None:
        self._tenant = tenant
        self._settings = settings
        self._voice = voice
        self._clock = clock
        self._flash = flash
        self._trusted = trusted
        self._configuration = configuration
        self._memory = memory
        self._receipts = receipts
        self._conductor = conductor
        self._heartbeat = Heartbeat(chance)
        self._box = Box(chance)
        self._boot = ""
        self._booted_at = 0
        self._hello_at: int | None = None

    def power_on(self, boot: str, mono: int) -> None:
        self._boot, self._booted_at = boot, mono

    def last_will(self) -> bytes:
        """What the broker shall say on the state topic when the connection breaks."""
        return to_json(State(online=False, boot=self._boot))

    def on_connected(self, mono: int) -> None:
        self._voice.say("state", State(online=True, boot=self._boot), retain=True)
        self._hello_at = mono + HELLO_PATIENCE
        self.on_config(mono)

    def on_listening(self, mono: int) -> None:
        """What is said to this speaker alone is heard from now on."""
        if self._hello_at is not None:
            self._hello_at = mono

    def on_config(self, mono: int) -> None:
        """The heart may beat at another pace."""
        self._heartbeat.begin(self._configuration.heartbeat, mono)

    def on_disconnected(self) -> None:
        self._hello_at = None
        self._heartbeat.stop()

    def do_once(self, mono: int) -> None:
        if self._hello_at is not None and mono >= self._hello_at:
            self._hello_at = None
            self._voice.say("hello", self._hello(mono))
        if self._heartbeat.is_due(self._configuration.heartbeat, mono):
            self._voice.say("health", self._health(mono))

    def next_wakeup(self) -> int | None:
        times = (self._hello_at, self._heartbeat.next_wakeup())
        return min((at for at in times if at is not None), default=None)

    def _hello(self, mono: int) -> Hello:
        open_orders = [entry.occurrence for entry in self._memory.active()]
        return Hello(
            tenant=self._tenant,
            to="controller",
            issued_at=self._clock.utc(mono) or 0,
            boot=self._boot,
            ledger=self._receipts.ledger,
            model=self._settings.model,
            firmware=self._settings.firmware,
            config_seq=self._configuration.seq,
            trust_seq=self._trusted.seq,
            next_receipt=self._receipts.next_number,
            unacknowledged=self._receipts.unacknowledged,
            open_orders=tuple(open_orders[:HELLO_NAMES]),
            blobs=tuple(self._flash.whole()[-HELLO_NAMES:]),
            clock_valid=self._clock.valid,
            clock_error=self._clock.error(mono),
        )

    def _health(self, mono: int) -> Health:
        playing = self._conductor.playing()
        return Health(
            boot=self._boot,
            uptime=(mono - self._booted_at) // SECOND,
            volume=self._configuration.volume,
            playing=playing,
            temperature=self._box.temperature(self._clock.utc(mono), playing is not None),
            supply=self._box.supply(playing is not None),
            signal=self._box.signal(),
            flash_free=free(self._flash),
            clock_error=self._clock.error(mono),
        )
