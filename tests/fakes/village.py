"""A commune in one process on a virtual clock: the real controller, real speakers, and a judge at the end."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlmodel import select

from controller.alerts.models import AlertRow
from controller.alerts.raising import AlertRequest, add_speech, cancel_alert, raise_alert
from controller.broadcast.models import Broadcast
from controller.broadcast.ordering import BroadcastRequest, create_broadcast, stop_broadcast
from controller.controller import Controller
from controller.deliveries.models import Delivery
from controller.library.models import Blob
from controller.runtime.composition import World, build_controller
from controller.settings import AirSettings, Settings
from devices.link import Inbound
from devices.models import Incident
from devices.protocol.topics import Topics
from devices.protocol.units import SECOND
from firmware_sim.identity import Birth, Identity
from firmware_sim.judge.records import Accepted, Faults, Viewed
from firmware_sim.judge.verdict import Verdict, judge
from firmware_sim.ledger import MemoryLedger
from firmware_sim.memory_flash import MemoryFlash
from firmware_sim.settings import SpeakerSettings
from firmware_sim.sinks import NullSink
from firmware_sim.sounds import Sounds
from firmware_sim.speaker import Parts, Speaker
from tests.fakes.memory_broker import Client, MemoryBroker
from tests.fakes.office import Office
from tests.fakes.virtual_time import START, VirtualTime

RETRY = 2 * SECOND
"""How long a cut speaker or controller waits before it connects again, us."""


class Killed(BaseException):
    """The controller's process dies here."""


class Pole:
    """One speaker with its power, its line and its own clock. Flash and ledger outlive its power."""

    def __init__(self, village: "Village", identity: Identity, drift_ppm: float, offset: int) -> None:
        self.village = village
        self.identity = identity
        self.drift = drift_ppm / 1_000_000
        self.offset = offset
        self.flash = MemoryFlash(SpeakerSettings().flash_bytes)
        self.ledger = MemoryLedger()
        self.speaker: Speaker | None = None
        self.reachable = True
        self.cuts: list[int] = []
        self.client = Client(identity.device, self._deliver, self._on_cut)
        self._boots = 0
        self._wake: int | None = None

    def mono(self) -> int:
        return round((self.village.time.now - START) * (1 + self.drift)) + self.offset

    def true(self, mono: int) -> int:
        return START + round((mono - self.offset) / (1 + self.drift))

    def power_up(self) -> None:
        self._boots += 1
        parts = Parts(
            identity=self.identity, settings=SpeakerSettings(), flash=self.flash, sink=NullSink(), ledger=self.ledger,
            link=self, chance=random.Random(f"{self.village.seed}/{self.identity.device}/{self._boots}"),
            sounds=self.village.sounds, world=self.true,
        )  # fmt: skip
        self.speaker = Speaker(parts)
        self.speaker.power_on(self.mono())
        self._poke()
        self.connect()

    def power_cut(self) -> None:
        self.cuts.append(self.village.time.now)
        self.speaker = None
        self.village.broker.cut(self.client)

    def connect(self) -> None:
        if self.speaker is None or self.client.up or not (self.reachable and self.village.broker_up):
            return
        self.client.will = self.speaker.last_will()
        self.village.broker.connect(self.client)
        self.speaker.on_connected(self.mono())
        self._poke()

    def lose_network(self) -> None:
        self.reachable = False
        self.village.broker.cut(self.client)

    def find_network(self) -> None:
        self.reachable = True
        self.connect()

    def publish(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
        if self.client.up:
            self.village.broker.publish(topic, payload, retain)

    def subscribe(self, topic: str, qos: int) -> None:
        self.village.broker.subscribe(self.client, topic, qos)
        self.village.time.after(1_000, lambda: self._granted(topic))

    def unsubscribe(self, topic: str) -> None:
        self.village.broker.unsubscribe(self.client, topic)

    def _granted(self, topic: str) -> None:
        if self.speaker is not None and self.client.up:
            self.speaker.on_suback(topic, True, self.mono())
            self._poke()

    def _deliver(self, topic: str, payload: bytes, retained: bool) -> None:
        if self.speaker is not None:
            self.speaker.on_message(topic, payload, self.mono())
            self._poke()

    def _on_cut(self) -> None:
        if self.speaker is not None:
            self.speaker.on_disconnected(self.mono())
            self._poke()
        self.village.time.after(RETRY, self.connect)

    def _poke(self) -> None:
        wanted = self.speaker.next_wakeup() if self.speaker is not None else None
        if wanted is None:
            return
        at = max(self.village.time.now, self.true(wanted) + 1)
        if self._wake is None or at < self._wake or self._wake <= self.village.time.now:
            self._wake = at
            self.village.time.at(at, lambda: self._awake(at))

    def _awake(self, at: int) -> None:
        if self._wake == at:
            self._wake = None
        if self.speaker is not None:
            self.speaker.do_once(self.mono())
            self._poke()


class Desk:
    """The controller's link and life. `before_publish` may raise Killed: then it starts again from its tables."""

    def __init__(self, village: "Village") -> None:
        self.village = village
        self.client = Client("controller", self._deliver, self._on_cut)
        self.controller: Controller | None = None
        self.before_publish: Callable[[str], None] = lambda topic: None
        self.after_publish: Callable[[str], None] = lambda topic: None
        self._wake: int | None = None

    @property
    def up(self) -> bool:
        return self.client.up

    def start(self) -> None:
        village = self.village
        settings = Settings(data=village.office.folder, air=AirSettings(heartbeat_s=60, lead_ms=3_000))
        world = World(village.time.clock, village.office.new_id)
        self.controller = build_controller(
            settings, village.office.database, village.office.store, village.office.keyring, self, world, self._arm
        )
        self.connect()
        self.ring()

    def kill(self) -> None:
        self.controller = None
        self._wake = None
        self.village.broker.cut(self.client)
        self.village.time.after(3 * SECOND, self.start)

    def connect(self) -> None:
        if self.controller is None or self.client.up or not self.village.broker_up:
            return
        broker, topics = self.village.broker, self.village.topics
        broker.connect(self.client)
        broker.subscribe(self.client, topics.up_all, 1)
        broker.subscribe(self.client, topics.time_requests, 0)
        self.controller.on_link(True, self.village.time.now)

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> bool:
        if not self.client.up:
            return False
        self.before_publish(topic)
        self.village.broker.publish(topic, payload, retain)
        self.after_publish(topic)
        return True

    def ring(self) -> None:
        self._guarded(lambda controller: controller.do_once(self.village.time.now))
        if self.controller is not None:
            self._wake_at(self.controller.next_wakeup(self.village.time.now))

    def _guarded(self, deed: Callable[[Controller], None]) -> None:
        try:
            if self.controller is not None:
                deed(self.controller)
        except Killed:
            self.kill()

    def _wake_at(self, at: int) -> None:
        """Ring at that instant, unless an earlier ring comes first and says anew when."""
        self._wake = at

        def due() -> None:
            if self._wake == at:
                self.ring()

        self.village.time.at(at, due)

    def _deliver(self, topic: str, payload: bytes, retained: bool) -> None:
        now = self.village.time.now
        self._guarded(lambda controller: controller.on_messages([Inbound(topic, payload, retained, now)], now))

    def _on_cut(self) -> None:
        if self.controller is not None:
            self.controller.on_link(False, self.village.time.now)
        self.village.time.after(RETRY, self.connect)

    def _arm(self, instants: Mapping[str, int]) -> None:
        for at in instants.values():
            self.village.time.at(at, self.ring)


@dataclass
class Village:
    """`speakers` poles in two communes of one province."""

    folder: Path
    speakers: int = 6
    seed: int = 1
    time: VirtualTime = field(default_factory=VirtualTime)
    broker_up: bool = True
    accepted: list[Accepted] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.office = Office(self.folder, self.seed)
        self.office.blob(2.0, 900, clip="tone")
        self.broker = MemoryBroker(self.time)
        self.topics = Topics(self.office.keyring.tenant)
        self.sounds = Sounds()
        self.province = self.office.area("Tỉnh Tiền Giang")
        self.communes = [self.office.area(name, self.province) for name in ("Xã Tân Đông", "Xã Bình Ân")]
        self.poles = [self._pole(number) for number in range(self.speakers)]
        self.desk = Desk(self)
        self.desk.start()
        for pole in self.poles:
            self.time.after(self.chance.randrange(SECOND), pole.power_up)

    def _pole(self, number: int) -> Pole:
        device = self.office.speaker(self.communes[number % 2], f"Loa {number}")
        birth = Birth(**self.office.keyring.birth(device), name=f"Loa {number}")
        identity = Identity(birth, self.office.keys[device])
        return Pole(self, identity, self.chance.uniform(-50, 50), self.chance.randrange(10**12))

    def settle(self, seconds: float = 20.0) -> "Village":
        """Let everybody join, find the time and fetch the tone."""
        self.time.run_for(int(seconds * SECOND))
        return self

    def run(self, seconds: float) -> None:
        self.time.run_for(int(seconds * SECOND))

    def broadcast(self, seconds: float = 4.0, areas: Iterable[str] | None = None, **wishes: object) -> Accepted:
        """The office orders, and the order stands in the log of what was accepted."""
        bulletin = self.office.bulletin(seconds, 200 + self.chance.random() * 2_000)
        request = BroadcastRequest(bulletin, tuple(areas or (self.province,)), **wishes)  # type: ignore[arg-type]
        with self.office.database.write() as session:
            made = create_broadcast(session, request, self.office.act(self.time.now), self.office.new_id, 3_000)
        with self.office.database.read() as session:
            row = session.get_one(Broadcast, made)
        accepted = Accepted(
            order=row.id, occurrence=row.occurrence_id, kind="broadcast", accepted_at=self.time.now,
            targets=frozenset(self.states(row.occurrence_id)), start_at=row.start_at, max_late=row.max_late_ms * 1_000,
            expires_at=row.expires_at, parts={"body": (row.sha256, row.duration_ms)}, repeats=row.repeats,
        )  # fmt: skip
        self.accepted.append(accepted)
        self.desk.ring()
        return accepted

    def stop(self, order: Accepted, reachable: frozenset[str] | None = None) -> None:
        with self.office.database.write() as session:
            stop_broadcast(session, order.order, self.office.act(self.time.now))
        self.accepted.append(replace(order, cancelled_at=self.time.now, cancel_reachable=reachable))
        self.desk.ring()

    def alert(self, minutes: float = 10.0, speech_after: float | None = 1.5, repeats: int = 2) -> Accepted:
        """An emergency; its speech is made `speech_after` seconds later (None: never comes)."""
        request = AlertRequest(
            "Nước dâng", "Nước dâng", (self.province,), self.time.now + int(minutes * 60 * SECOND), repeats
        )
        with self.office.database.write() as session:
            made = raise_alert(session, request, self.office.act(self.time.now), self.office.new_id, 400)
        accepted = self._accepted_alert(made)
        self.accepted.append(accepted)
        self.desk.ring()
        if speech_after is not None:
            self.time.after(int(speech_after * SECOND), lambda: self._speak(made))
        return accepted

    def cancel(self, alert: Accepted, reachable: frozenset[str] | None = None) -> None:
        with self.office.database.write() as session:
            cancel_alert(session, alert.order, self.office.act(self.time.now))
        taken_back = replace(self._accepted_alert(alert.order), cancelled_at=self.time.now)
        self.accepted.append(replace(taken_back, cancel_reachable=reachable))
        self.desk.ring()

    def _speak(self, alert: str) -> None:
        speech = self.office.blob(3.0, 200 + self.chance.random() * 100)
        with self.office.database.write() as session:
            add_speech(session, alert, session.get_one(Blob, speech), self.time.now, 1_500_000)
        self.accepted.append(self._accepted_alert(alert))
        self.desk.ring()

    def _accepted_alert(self, alert: str) -> Accepted:
        with self.office.database.read() as session:
            row = session.get_one(AlertRow, alert)
        parts = {"tone": (row.tone_sha256, row.tone_ms)}
        if row.speech_sha256:
            parts["speech"] = (row.speech_sha256, row.speech_ms)
        return Accepted(
            order=row.id, occurrence=row.id, kind="alert", accepted_at=row.created_at,
            targets=frozenset(self.states(row.id)), start_at=row.start_at, max_late=row.expires_at - row.start_at,
            expires_at=row.expires_at, parts=parts, repeats=row.repeats,
            cancelled_at=row.cancelled_at,
        )  # type: ignore[arg-type]  # fmt: skip

    def lose_broker(self, seconds: float) -> None:
        """Killed, and back with an empty store after a while."""
        self.broker_up = False
        self.broker.wipe()
        self.run(seconds)
        self.broker_up = True
        for client in [self.desk, *self.poles]:
            client.connect()

    def rows(self, occurrence: str) -> list[Delivery]:
        with self.office.database.read() as session:
            return list(session.exec(select(Delivery).where(Delivery.occurrence_id == occurrence)))

    def states(self, occurrence: str) -> dict[str, str]:
        return {row.device_id: row.state for row in self.rows(occurrence)}

    def incidents(self, kind: str | None = None) -> list[Incident]:
        with self.office.database.read() as session:
            found = session.exec(select(Incident)).all()
        return [incident for incident in found if kind in (None, incident.kind)]

    def sounds_of(self, pole: Pole) -> list[Mapping[str, object]]:
        """What began to sound there."""
        return [line for line in pole.ledger.lines if line["kind"] == "started"]

    def judged(self) -> Verdict:
        """The eight sets, now."""
        ledgers = {pole.identity.device: pole.ledger.lines for pole in self.poles}
        view = {}
        for accepted in self.accepted:
            for row in self.rows(accepted.occurrence):
                view[accepted.order, accepted.occurrence, row.device_id] = Viewed(row.state, row.heard_ms)  # type: ignore[arg-type]
        cuts = {pole.identity.device: tuple(pole.cuts) for pole in self.poles}
        return judge(self.accepted, ledgers, view, self.time.now, Faults(cuts=cuts))
