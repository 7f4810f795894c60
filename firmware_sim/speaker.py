"""A loudspeaker: its parts put together, and what it does when the world turns to it.

A machine without I/O and without a clock of its own: the caller says what happened and when (`mono`, us of the
speaker's monotonic clock), calls `do_once` when `next_wakeup` is due, and carries what it says to the broker.
"""

import uuid
from dataclasses import dataclass

from devices.protocol.errors import UnknownTopic
from devices.protocol.messages.plans import Plan
from devices.protocol.messages.speaker import Report
from devices.protocol.topics import Topics
from devices.protocol.units import MINUTE, SECOND
from devices.protocol.verification import Believer, believe
from firmware_sim.books import Books
from firmware_sim.clock import Clock
from firmware_sim.conductor import Conductor
from firmware_sim.configuration import Configuration
from firmware_sim.erasing import Erasing
from firmware_sim.errors import Spoiled
from firmware_sim.fetcher import Fetcher
from firmware_sim.flash import Flash
from firmware_sim.hardware.box import Hardware
from firmware_sim.hardware.profile import Profile
from firmware_sim.health import Body
from firmware_sim.identity import Identity
from firmware_sim.inbox import Inbox
from firmware_sim.intake import Intake
from firmware_sim.ledger import Ledger
from firmware_sim.memory import Memory
from firmware_sim.plan import HeldPlan
from firmware_sim.plan_acks import PlanAcks
from firmware_sim.plan_intake import PlanIntake
from firmware_sim.player import Player
from firmware_sim.ports import Chance, SpeakerLink, WorldClock
from firmware_sim.presence import Presence
from firmware_sim.receipts import Receipts
from firmware_sim.reports import Reports
from firmware_sim.revoking import Revoking
from firmware_sim.settings import SpeakerSettings
from firmware_sim.shelf import Shelf
from firmware_sim.sinks import Sink
from firmware_sim.sounds import Sounds
from firmware_sim.subscriptions import Subscriptions
from firmware_sim.timekeeper import Timekeeper
from firmware_sim.transfer import MANIFEST
from firmware_sim.trusted import Trusted
from firmware_sim.voice import Voice
from firmware_sim.wants import Store, next_near, wants

OVERSLEPT = 30 * SECOND
"""Nobody looks at a speaker so late, us, unless its clock has jumped, or everything stood still."""
FLOOR_STEP = MINUTE
"""How much later signed time must be to be kept in flash, us."""


@dataclass(frozen=True)
class Parts:
    """What a speaker is built from and reaches the world through."""

    identity: Identity
    settings: SpeakerSettings
    flash: Flash
    sink: Sink
    ledger: Ledger
    link: SpeakerLink
    chance: Chance
    sounds: Sounds
    world: WorldClock = lambda mono: None
    believer: Believer = believe
    hardware: Body | None = None
    """The box around it; None: a healthy one of the make `common`."""


class Speaker:
    """Call `power_on` first; then events as they come, and `do_once` whenever `next_wakeup` is due."""

    def __init__(self, parts: Parts) -> None:
        identity, flash, chance, settings = parts.identity, parts.flash, parts.chance, parts.settings
        self._body = parts.hardware or Hardware(Profile.read("common"), chance, firmware=settings.firmware)
        link = self._body.line(parts.link)
        self.identity = identity
        self._flash = flash
        self._chance = chance
        self._topics = Topics(identity.tenant)
        self._voice = Voice(self._topics, identity.device, identity.key, link)
        self.clock = Clock()
        self._trusted = Trusted(flash, identity)
        self._configuration = Configuration(flash, settings.heartbeat)
        self._plan = HeldPlan(flash)
        self._shelf = Shelf(flash, parts.sounds)
        self._memory = Memory(flash)
        self._receipts = Receipts(flash, chance, lambda receipt: self._voice.say("receipt", receipt))
        self._reports = Reports(self._report)
        self.books = Books(
            identity.tenant, self._memory, self._receipts, parts.ledger, self._shelf, self.clock, parts.world
        )
        player = Player(self._body.horn(parts.sink))
        self._conductor = Conductor(
            self.books, player, self._shelf, self.clock, self._configuration, self._plan, settings.armed_ahead
        )
        self._intake = Intake(self.books, self._conductor, self._shelf, self._trusted)
        self._plan_intake = PlanIntake(
            self._plan, self._trusted, flash, self.books, self._conductor, self._shelf, self._refuse
        )
        self._erasing = Erasing(self._plan, self._memory, self._configuration, flash)
        self._plan_acks = PlanAcks(
            identity.tenant, self._plan, self._memory, flash, self._erasing, self.clock, chance, self._voice
        )
        self._fetcher = Fetcher(
            flash, self._topics, link, self.clock, chance, self._on_blob, self._on_no_blob, settings
        )
        self._timekeeper = Timekeeper(
            self.clock, chance, self._voice.ask_time, settings.probe_thinning, settings.slow_start
        )
        self._subscriptions = Subscriptions(link, chance)
        self._presence = Presence(
            tenant=identity.tenant,
            settings=settings,
            voice=self._voice,
            chance=chance,
            clock=self.clock,
            flash=flash,
            trusted=self._trusted,
            configuration=self._configuration,
            plan=self._plan,
            memory=self._memory,
            receipts=self._receipts,
            conductor=self._conductor,
            shelf=self._shelf,
            body=self._body,
            world=parts.world,
        )
        self._inbox = Inbox(
            device=identity.device,
            topics=self._topics,
            trusted=self._trusted,
            believer=parts.believer,
            clock=self.clock,
            configuration=self._configuration,
            timekeeper=self._timekeeper,
            fetcher=self._fetcher,
            receipts=self._receipts,
            intake=self._intake,
            on_trust=self._on_trust,
            on_plan=self._on_plan,
            on_config=self._on_config,
            on_time=self._on_time,
            refuse=self._refuse,
        )
        self._revoking = Revoking(
            self._trusted, self._configuration, self._plan, self._memory, self._conductor, self._fetcher, self.clock
        )
        self._connected_parts = (
            self._subscriptions, self._presence, self._timekeeper, self._receipts, self._reports, self._fetcher,
            self._plan_acks,
        )  # fmt: skip
        self._machines = (*self._connected_parts, self._inbox)
        self._generation = -1
        self._floor_kept = 0
        self._near_at: int | None = None
        """When an airing comes near enough for its audio to be fetched, us UTC."""
        self._expected: int | None = None
        self._was_valid = False

    # Power

    def power_on(self, mono: int) -> None:
        """Read the flash, close what a power cut left open, and be ready to connect."""
        boot = self._new_id()
        self._presence.power_on(boot, mono)
        self._trusted.load()
        self._configuration.load()
        self._plan.load()
        self._memory.load()
        self._plan_intake.remember()
        self._receipts.load(self._new_id())
        self._fetcher.load()
        self._read_floor()
        self.books.note("boot", mono, boot=boot)
        self.books.reconcile()
        self._conductor.recover(mono)
        self._on_trust(mono)
        self._plan_intake.recover(mono)
        self._subscriptions.set(self._filters(), mono)
        self._look_around(mono)

    def last_will(self) -> tuple[str, bytes]:
        """What the broker says, retained, when this speaker's connection breaks: topic and payload."""
        return self._topics.up(self.identity.device, "state"), self._presence.last_will()

    # What happens to it

    def on_connected(self, mono: int) -> None:
        """A new session: nothing that an earlier one subscribed or sent counts any more."""
        for part in self._connected_parts:
            part.on_connected(mono)
        self.do_once(mono)

    def on_disconnected(self, mono: int) -> None:
        for part in self._connected_parts:
            part.on_disconnected()
        self.do_once(mono)

    def on_bytes(self, mono: int) -> None:
        """The socket has something to read, perhaps a part of a message."""
        self._fetcher.on_line(mono)

    def on_message(self, topic: str, payload: bytes, mono: int) -> None:
        """`mono` is when the message came out of the socket: the time exchange lives on it."""
        self._body.received(topic, len(payload))
        self._mind_the_clock(mono)
        self._inbox.on_message(topic, payload, mono)
        self.do_once(mono)

    def on_suback(self, topic: str, granted: bool, mono: int) -> None:
        """The broker answered a SUBSCRIBE."""
        self._subscriptions.on_answer(topic, granted, mono)
        if not granted:
            self._on_refused(topic, mono)
        elif topic == self._topics.down_all(self.identity.device):
            self._presence.on_listening(mono)
        self.do_once(mono)

    def do_once(self, mono: int) -> None:
        """Do what is due."""
        self._mind_the_clock(mono)
        self._conductor.do_once(mono)
        for sha256 in self._shelf.take_spoiled():
            self._refuse(Spoiled.code, sha256, mono)
            self._generation = -1
        if self._memory.generation != self._generation or self._is_near(mono):
            self._look_around(mono)
        for machine in self._machines:
            machine.do_once(mono)

    def next_wakeup(self) -> int | None:
        """us monotonic; None: nothing to do until something happens."""
        times = [machine.next_wakeup() for machine in (self._conductor, *self._machines)]
        times += [self.clock.mono(self._near_at)] if self._near_at is not None and self.clock.valid else []
        self._expected = min((at for at in times if at is not None), default=None)
        return self._expected

    def next_sound(self) -> int | None:
        """When the amplifier wants to be looked after next, us monotonic."""
        return self._conductor.next_wakeup()

    @property
    def playing(self) -> str | None:
        """The occurrence that sounds now."""
        return self._conductor.playing()

    @property
    def trust_seq(self) -> int:
        """The number of the trust set that it believes."""
        return self._trusted.seq

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas that it hears, by its configuration."""
        return self._configuration.areas

    # What follows

    def _on_trust(self, mono: int) -> None:
        """Newer keys: what only older ones said is forgotten, and asked for again."""
        lost = self._revoking.revoke(mono)
        if lost.plan:
            self._plan_acks.on_dropped()
        if lost.time:
            self._timekeeper.begin_anew(mono)
            self._keep_floor()
        if lost.anything:
            self._presence.greet_again(mono)
            self._generation = -1

    def _on_plan(self, plan: Plan, digest: str, by: str, mono: int) -> None:
        self._plan_intake.on_plan(plan, digest, by, self.clock.utc(mono), mono)
        self._generation = -1
        self._plan_acks.on_plan(mono)

    def _on_config(self, mono: int) -> None:
        self._subscriptions.set(self._filters(), mono)
        self._presence.on_config(mono)
        if self._configuration.moved:
            self._presence.on_moved(mono)
        self._look_around(mono)
        self._conductor.look_again(mono)

    def _on_time(self, mono: int) -> None:
        """The clock has learned; its floor is kept once a minute."""
        if self.clock.floor >= self._floor_kept + FLOOR_STEP:
            self._keep_floor()
        self._conductor.look_again(mono)

    def _read_floor(self) -> None:
        """The floor and the id of the key that said it."""
        floor, _, self.clock.by = (self._flash.get("floor") or b"0").decode("ascii").partition(" ")
        self._floor_kept = self.clock.floor = int(floor)

    def _keep_floor(self) -> None:
        self._floor_kept = self.clock.floor
        self._flash.put("floor", f"{self._floor_kept} {self.clock.by}".encode("ascii"))

    def _mind_the_clock(self, mono: int) -> None:
        """One who has slept too long asks before he acts."""
        if self._expected is not None and mono > self._expected + OVERSLEPT:
            self._timekeeper.doubt(mono)
        if self.clock.valid != self._was_valid:
            self._was_valid = self.clock.valid
            self._conductor.look_again(mono)
            self._generation = -1 if self.clock.valid else self._generation
        self._expected = None

    def _on_blob(self, sha256: str, mono: int) -> None:
        self._intake.on_blob(sha256, mono)
        self._plan_acks.on_change(mono)

    def _on_no_blob(self, sha256: str, code: str, mono: int) -> None:
        self._refuse(code, sha256, mono)
        self._intake.on_no_blob(sha256, code, self.clock.utc(mono), mono)

    def _on_refused(self, topic: str, mono: int) -> None:
        try:
            address = self._topics.parse(topic)
        except UnknownTopic:
            return
        if address.kind in {"manifest", "chunk"}:
            index = address.index if address.kind == "chunk" else MANIFEST
            self._fetcher.on_refused(address.subject, index, mono)

    def _refuse(self, code: str, about: str, mono: int) -> None:
        self.books.note("refused", mono, code=code, about=about)
        self._reports.add(code, about, mono)

    def _look_around(self, mono: int) -> None:
        """Which blobs are needed, or must go, may have changed."""
        self._generation = self._memory.generation
        now, flash = self.clock.utc(mono), self._flash
        store = Store(flash.capacity, flash.held(), frozenset(flash.whole()), self._plan.staged)
        self._fetcher.set_wants(wants(self._memory.active(), self._configuration.clips, store, now), mono)
        self._erasing.erase()
        self._near_at = None if now is None else next_near(self._memory.active(), now)
        self._plan_acks.on_change(mono)

    def _is_near(self, mono: int) -> bool:
        now = None if self._near_at is None else self.clock.utc(mono)
        return now is not None and self._near_at is not None and now >= self._near_at

    def _filters(self) -> dict[str, int]:
        device = self.identity.device
        areas = {self._topics.area_all(area): 1 for area in self._configuration.areas}
        own = {self._topics.down_all(device): 1, self._topics.trust: 1, self._topics.time_answer(device): 0}
        return own | areas

    # What it says

    def _new_id(self) -> str:
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))

    def _report(self, code: str, count: int, about: str, mono: int) -> None:
        now, tenant = self.clock.utc(mono) or 0, self.identity.tenant
        report = Report(tenant=tenant, to="controller", issued_at=now, code=code, count=count, about=about)
        self._voice.say("log", report)
