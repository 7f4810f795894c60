"""One speaker on a street in virtual time: a broker, an office that answers, and hands to do harm with."""

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from paho.mqtt.client import topic_matches_sub

from devices.protocol.codec import parse, parse_unsigned
from devices.protocol.messages.speaker import Health, Hello, PlanAck, Receipt, Report, State
from devices.protocol.messages.time import TimeRequest
from devices.protocol.signing import open_envelope
from devices.protocol.units import SECOND
from firmware_sim.crystal import Crystal
from firmware_sim.flash import Flash
from firmware_sim.hardware.box import Hardware
from firmware_sim.identity import Identity
from firmware_sim.ledger import MemoryLedger
from firmware_sim.memory_flash import MemoryFlash
from firmware_sim.settings import SpeakerSettings
from firmware_sim.sinks import NullSink, Run, Sink
from firmware_sim.sounds import Sounds
from firmware_sim.speaker import Parts, Speaker
from firmware_sim.village.clips import opus_clip
from tests.firmware_sim.headquarters import T0, Headquarters, Message

WAY = 10_000
SOUNDS = Sounds()
ENDS = ("played", "failed", "refused", "expired", "cancelled")


class RecordingSink(NullSink):
    """Remembers what it was given."""

    def __init__(self) -> None:
        self.runs: list[Run] = []

    def play(self, run: Run) -> None:
        self.runs.append(run)


@dataclass
class Street:
    """`now` is the true time, us UTC; all knobs may be turned at any moment."""

    seed: int = 1
    ppb: int = 30_000
    hq: Headquarters = field(default_factory=Headquarters)
    flash: Flash = field(default_factory=lambda: MemoryFlash(4 * 1024 * 1024))
    sink: Sink = field(default_factory=NullSink)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    identity: Identity | None = None
    settings: SpeakerSettings = field(default_factory=SpeakerSettings)
    hardware: Hardware | None = None
    now: int = T0
    way: int = WAY
    """One way to or from the broker, us."""
    answers_time: bool = True
    acknowledges: bool = True
    refuses: Callable[[str], bool] = lambda topic: False
    loses: Callable[[str], bool] = lambda topic: False
    """Topics that the broker takes and never delivers; `changes` is what a hostile one does to payloads."""
    changes: Callable[[str, bytes], bytes] = lambda topic, payload: payload

    def __post_init__(self) -> None:
        self.identity = self.identity or self.hq.born()
        self.device = self.identity.device
        self.retained: dict[str, bytes] = {}
        self.filters: dict[str, int] = {}
        self.wire: list[tuple[str, str]] = []
        """What the speaker did on the line: (verb, topic)."""
        self.receipts: list[Receipt] = []
        self.sent_receipts: list[Receipt] = []
        self.reports: list[Report] = []
        self.hellos: list[Hello] = []
        self.plan_acks: list[PlanAck] = []
        self.health: list[Health] = []
        self.states: list[State] = []
        self.speaker: Speaker | None = None
        self.connected = False
        self.boots = 0
        self.cuts: list[int] = []
        self.questions = 0
        self._events: list[tuple[int, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self._session = 0
        self.crystal = Crystal(T0, 5 * SECOND, self.ppb)

    # The world

    def run(self, seconds: float) -> "Street":
        return self.run_until(self.now + round(seconds * SECOND))

    def run_until(self, end: int) -> "Street":
        same = 0
        while (at := self._next()) is not None and at <= end:
            same = same + 1 if at <= self.now else 0
            assert same < 2_000, "the speaker spins"
            self.now = max(self.now, at)
            self._step()
        self.now = max(self.now, end)
        return self

    def later(self, us: int, deed: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + us, next(self._count), deed))

    def power_on(self) -> "Street":
        """Every boot has a monotonic clock of its own."""
        self.boots += 1
        self.crystal = Crystal(self.now, self.boots * 5 * SECOND, self.ppb)
        self.speaker = Speaker(
            Parts(
                identity=self.identity,
                settings=self.settings,
                flash=self.flash,
                sink=self.sink,
                ledger=self.ledger,
                link=self,
                chance=random.Random(self.seed * 1_000 + self.boots),
                sounds=SOUNDS,
                world=self.true,
                hardware=self.hardware,
            )
        )
        self.speaker.power_on(self.mono)
        return self

    def power_cut(self) -> None:
        self.cuts.append(self.now)
        self.disconnect(tell=False)
        self.speaker = None

    def connect(self) -> "Street":
        self.connected = True
        self._session += 1
        self.filters.clear()
        self.speaker.on_connected(self.mono)
        return self

    def disconnect(self, tell: bool = True) -> None:
        self._session += 1
        was, self.connected = self.connected, False
        if was and tell:
            self.speaker.on_disconnected(self.mono)

    def joined(self, clips: dict[str, str] | None = None, **config: object) -> "Street":
        """Switched on, connected, configured and in time, 10 s after T0."""
        self.say(self.hq.config(self.device, clips=clips, **config), retain=True)
        self.power_on().connect()
        return self.run(10)

    # The office

    def say(self, message: Message, retain: bool = False) -> "Street":
        """A message goes to the broker, and from there to the speaker if it listens."""
        topic, payload = message
        if retain:
            self.retained[topic] = payload
        if any(topic_matches_sub(wanted, topic) for wanted in self.filters):
            self.deliver(topic, payload)
        return self

    def deliver(self, topic: str, payload: bytes, after: int | None = None) -> None:
        """Straight to the speaker's ear, whether it listens or not."""
        session = self._session
        if not self.loses(topic):
            self.later(
                self.way if after is None else after, lambda: self._arrive(topic, self.changes(topic, payload), session)
            )

    def blob(self, content: bytes, duration_ms: int, chunk_bytes: int = 4096) -> str:
        """Put audio on the broker; its SHA-256."""
        topics = self.hq.blob(content, duration_ms, chunk_bytes)
        self.retained |= topics
        return next(iter(topics)).split("/")[-2]

    def tone(self, seconds: float, pitch: float = 440.0) -> str:
        return self.blob(opus_clip(seconds, pitch), round(seconds * 1000))

    # What was heard of it

    def started(self, part: str | None = None) -> list[dict]:
        return [line for line in self.ledger.lines if line["kind"] == "started" and part in (None, line["part"])]

    def ended(self) -> list[dict]:
        return [line for line in self.ledger.lines if line["kind"] == "ended"]

    def words(self, occurrence: str) -> list[str]:
        """States of all receipts about an occurrence, in order."""
        return [receipt.state for receipt in self.receipts if receipt.occurrence == occurrence]

    def end(self, occurrence: str) -> Receipt:
        """Its one end."""
        (found,) = [one for one in self.receipts if one.occurrence == occurrence and one.state in ENDS]
        return found

    @property
    def mono(self) -> int:
        return self.crystal.mono(self.now)

    def true(self, mono: int) -> int:
        """The true time at which its clock shows `mono`, us UTC."""
        return self.crystal.real(mono)

    # The line, as the speaker sees it

    def publish(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
        assert self.connected, "spoke without a connection"
        address = self.hq.topics.parse(topic)
        if address.kind == "time_req":
            request, session = parse_unsigned(payload, TimeRequest), self._session
            self.questions += 1
            self.later(self.way, lambda: self._answer_time(request, session))
        elif address.leaf == "receipt":
            self._book(parse(open_envelope(payload).payload, Receipt))
        elif address.leaf == "log":
            self.reports.append(parse(open_envelope(payload).payload, Report))
        elif address.leaf == "ack":
            self.plan_acks.append(parse(open_envelope(payload).payload, PlanAck))
        elif address.leaf == "hello":
            self.hellos.append(parse(open_envelope(payload).payload, Hello))
        elif address.leaf == "health":
            self.health.append(parse_unsigned(payload, Health))
        else:
            self.states.append(parse_unsigned(payload, State))

    def subscribe(self, topic: str, qos: int) -> None:
        self.wire.append(("subscribe", topic))
        refused, session = self.refuses(topic), self._session
        self.later(WAY, lambda: self._suback(topic, not refused, session))
        if refused:
            return
        self.filters[topic] = qos
        for known, payload in sorted(self.retained.items()):
            if topic_matches_sub(topic, known):
                self.deliver(known, payload, WAY + 1)

    def unsubscribe(self, topic: str) -> None:
        self.wire.append(("unsubscribe", topic))
        self.filters.pop(topic, None)

    def _next(self) -> int | None:
        wanted = self.speaker.next_wakeup() if self.speaker else None
        times = [] if wanted is None else [self.crystal.real(wanted)]
        return min([*times, *(at for at, _, _ in self._events[:1])], default=None)

    def _step(self) -> None:
        if self._events and self._events[0][0] <= self.now:
            heapq.heappop(self._events)[2]()
        elif self.speaker:
            self.speaker.do_once(self.mono)

    def _arrive(self, topic: str, payload: bytes, session: int) -> None:
        if self.speaker and self.connected and session == self._session:
            self.speaker.on_message(topic, payload, self.mono)

    def _suback(self, topic: str, granted: bool, session: int) -> None:
        if self.speaker and session == self._session:
            self.speaker.on_suback(topic, granted, self.mono)

    def _answer_time(self, request: TimeRequest, session: int) -> None:
        if self.answers_time and session == self._session:
            self.hq.now = self.now + self.hq.shift
            self.deliver(*self.hq.time_answer(self.device, request.nonce, request.t1, self.hq.now, self.hq.now))

    def _book(self, receipt: Receipt) -> None:
        self.sent_receipts.append(receipt)
        if all(known.n != receipt.n for known in self.receipts):
            self.receipts.append(receipt)
        if self.acknowledges:
            message = self.hq.ack(self.device, receipt.ledger, receipt.n)
            self.later(2 * WAY, lambda: self.say(message))
