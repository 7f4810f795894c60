"""How the speaker shows that it is there: its state, one hello per connection and move, and a heartbeat."""

from dataclasses import asdict

from devices.protocol.codec import to_json
from devices.protocol.messages.speaker import Health, Hello, State
from devices.protocol.units import SECOND
from firmware_sim.clock import Clock
from firmware_sim.conductor import Conductor
from firmware_sim.configuration import Configuration
from firmware_sim.flash import Flash, free
from firmware_sim.health import Body, Heartbeat
from firmware_sim.memory import Memory, is_airing
from firmware_sim.plan import HeldPlan
from firmware_sim.ports import Chance, WorldClock
from firmware_sim.receipts import Receipts
from firmware_sim.settings import SpeakerSettings
from firmware_sim.shelf import Shelf
from firmware_sim.trusted import Trusted
from firmware_sim.voice import Voice

HELLO_PATIENCE = 2 * SECOND
"""Hello waits so long for the broker to grant the filter on which the answer comes."""
HELLO_NAMES = 256
HELLO_AGAIN = 2 * SECOND, 10 * SECOND
"""When it says hello once more because it has forgotten something: what comes by itself has come by then."""


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
        plan: HeldPlan,
        memory: Memory,
        receipts: Receipts,
        conductor: Conductor,
        shelf: Shelf,
        body: Body,
        world: WorldClock,
    ) -> None:
        self._tenant = tenant
        self._settings = settings
        self._voice = voice
        self._clock = clock
        self._flash = flash
        self._trusted = trusted
        self._configuration = configuration
        self._plan = plan
        self._memory = memory
        self._receipts = receipts
        self._conductor = conductor
        self._shelf = shelf
        self._body = body
        self._world = world
        self._chance = chance
        self._heartbeat = Heartbeat(chance)
        self._connected = False
        self._boot = ""
        self._booted_at = 0
        self._hello_at: int | None = None

    def power_on(self, boot: str, mono: int) -> None:
        self._boot, self._booted_at = boot, mono
        self._body.boot(self._now(mono))

    def last_will(self) -> bytes:
        """What the broker shall say on the state topic when the connection breaks."""
        return to_json(State(online=False, boot=self._boot))

    def on_connected(self, mono: int) -> None:
        self._connected = True
        self._voice.say("state", State(online=True, boot=self._boot), retain=True)
        self._hello_at = mono + HELLO_PATIENCE
        self.on_config(mono)

    def on_listening(self, mono: int) -> None:
        """What is said to this speaker alone is heard from now on."""
        self._body.confirm()
        if self._hello_at is not None:
            self._hello_at = mono

    def on_config(self, mono: int) -> None:
        """The heart may beat at another pace."""
        self._heartbeat.begin(self._configuration.heartbeat, mono)

    def on_moved(self, mono: int) -> None:
        """What concerns it is sent to its old areas too, until it has said that it knows the new ones."""
        self._hello_at = self._hello_at or mono

    def greet_again(self, mono: int) -> None:
        """It holds less than it said: the answer to a hello brings what it lacks."""
        if self._connected and self._hello_at is None:
            self._hello_at = mono + int(self._chance.uniform(*HELLO_AGAIN))

    def on_disconnected(self) -> None:
        self._connected, self._hello_at = False, None
        self._heartbeat.stop()

    def do_once(self, mono: int) -> None:
        if self._hello_at is not None and mono >= self._hello_at:
            self._hello_at = None
            self._voice.say("hello", self._hello(mono))
        if self._heartbeat.is_due(self._configuration.heartbeat, mono):
            if self._conductor.playing() is None:
                self._shelf.look_over(mono)
            self._voice.say("health", self._health(mono))

    def next_wakeup(self) -> int | None:
        times = (self._hello_at, self._heartbeat.next_wakeup())
        return min((at for at in times if at is not None), default=None)

    def _hello(self, mono: int) -> Hello:
        believed = [entry for entry in self._memory.active() if not entry.doubted]
        open_orders = [entry.occurrence for entry in sorted(believed, key=is_airing)]
        return Hello(
            tenant=self._tenant,
            to="controller",
            issued_at=self._clock.utc(mono) or 0,
            boot=self._boot,
            ledger=self._receipts.ledger,
            model=self._settings.model,
            firmware=self._body.firmware,
            config_seq=self._configuration.seq,
            trust_seq=self._trusted.seq,
            plan_seq=self._plan.seq,
            next_receipt=self._receipts.next_number,
            unacknowledged=self._receipts.unacknowledged,
            open_orders=tuple(open_orders[:HELLO_NAMES]),
            blobs=tuple(self._flash.whole()[-HELLO_NAMES:]),
            clock_valid=self._clock.valid,
            clock_error=self._clock.error(mono),
        )

    def _health(self, mono: int) -> Health:
        playing = self._conductor.playing()
        readings = self._body.readings(mono, self._now(mono), playing is not None)
        return Health(
            boot=self._boot,
            uptime=(mono - self._booted_at) // SECOND,
            volume=self._configuration.volume,
            playing=playing,
            flash_free=free(self._flash),
            flash_faults=self._shelf.spoiled + self._memory.refused,
            clock_error=self._clock.error(mono),
            **asdict(readings),
        )

    def _now(self, mono: int) -> int:
        """The true time where the world tells it, else the best guess, us."""
        now = self._world(mono)
        return now if now is not None else self._clock.utc(mono) or mono
