"""The one way in: every message is placed, verified and handed to whom it concerns, or refused and reported.

Any fault of verification is silence. An empty payload is housekeeping on a retained topic and says nothing.
"""

from collections.abc import Callable

from devices.protocol.errors import Malformed, ProtocolError, UnknownKey, WrongPlace
from devices.protocol.messages.alerts import Alert
from devices.protocol.messages.blobs import Manifest
from devices.protocol.messages.control import Ack, Config
from devices.protocol.messages.frame import Signed
from devices.protocol.messages.orders import Play, Stop
from devices.protocol.messages.plans import Plan
from devices.protocol.messages.time import TimeAnswer
from devices.protocol.topics import Address, Topics
from devices.protocol.verification import Believer, Verified, verify
from firmware_sim.clock import Clock
from firmware_sim.configuration import Configuration
from firmware_sim.errors import SpeakerError
from firmware_sim.fetcher import Fetcher
from firmware_sim.intake import Intake
from firmware_sim.receipts import Receipts
from firmware_sim.timekeeper import Timekeeper
from firmware_sim.trusted import Trusted
from firmware_sim.waiting import PATIENCE, Letter, Waiting

ORDER_KINDS = {"area_order", "alert", "down"}
"""Kinds of topic on which a message may wait for the key it is signed with."""
AREA_KINDS = {"area_order", "alert"}
OWN_KINDS = {"down", "time_rsp"}


class Inbox:
    def __init__(
        self,
        device: str,
        topics: Topics,
        trusted: Trusted,
        believer: Believer,
        clock: Clock,
        configuration: Configuration,
        timekeeper: Timekeeper,
        fetcher: Fetcher,
        receipts: Receipts,
        intake: Intake,
        on_trust: Callable[[int], None],
        on_plan: Callable[[Plan, str, str, int], None],
        on_config: Callable[[int], None],
        on_time: Callable[[int], None],
        refuse: Callable[[str, str, int], None],
    ) -> None:
        self._device = device
        self._topics = topics
        self._trusted = trusted
        self._believer = believer
        self._clock = clock
        self._configuration = configuration
        self._timekeeper = timekeeper
        self._fetcher = fetcher
        self._receipts = receipts
        self._intake = intake
        self._on_new_trust = on_trust
        self._on_plan = on_plan
        self._on_config = on_config
        self._on_time = on_time
        self._refuse = refuse
        self._keyless = Waiting()
        self._timeless = Waiting()

    def on_message(self, topic: str, payload: bytes, mono: int) -> None:
        if not payload:
            return
        try:
            self._open(topic, payload, mono)
        except UnknownKey as refusal:
            self._wait_for_key(topic, payload, refusal, mono)
        except (ProtocolError, SpeakerError) as refusal:
            self._refuse(refusal.code, topic, mono)

    def do_once(self, mono: int) -> None:
        for letter in self._keyless.take_overdue(mono):
            self._refuse(UnknownKey.code, letter.topic, mono)

    def next_wakeup(self) -> int | None:
        return self._keyless.next_wakeup()

    def _open(self, topic: str, payload: bytes, mono: int) -> None:
        address = self._topics.parse(topic)
        if address.kind in AREA_KINDS and self._configuration.has_left(address.subject):
            return
        self._check_is_mine(address)
        if address.kind == "trust":
            self._on_trust(payload, mono)
        elif address.kind == "chunk":
            self._fetcher.on_chunk(address.subject, address.index, payload, mono)
        else:
            self._hand_on(self._verify(address, payload, mono), address, topic, payload, mono)

    def _check_is_mine(self, address: Address) -> None:
        """A broker may deliver what was never asked for: another area's order, another speaker's post."""
        foreign = address.kind in AREA_KINDS and self._configuration.place_in(address.subject) is None
        if foreign or (address.kind in OWN_KINDS and address.subject != self._device):
            raise WrongPlace(kind=address.kind)
        if address.kind in {"up", "time_req"}:
            raise WrongPlace(kind=address.kind)

    def _verify(self, address: Address, payload: bytes, mono: int) -> Verified:
        try:
            now = self._clock.utc(mono)
            return verify(payload, address, self._topics.tenant, self._trusted.find, now, self._believer)
        except Malformed as refusal:
            if address.kind == "manifest" and refusal.data.get("field") == "codec":
                self._fetcher.on_bad_manifest(address.subject, "unknown_codec", mono)
            raise

    def _hand_on(self, verified: Verified, address: Address, topic: str, payload: bytes, mono: int) -> None:
        message, by = verified.message, verified.by
        if isinstance(message, Play | Stop | Alert):
            self._on_order(message, by, address, Letter(topic, payload, None), mono)
        elif isinstance(message, Manifest):
            self._fetcher.on_manifest(message, by, mono)
        elif isinstance(message, TimeAnswer):
            self._on_answer(message, by, mono)
        elif isinstance(message, Ack):
            self._receipts.on_ack(message, mono)
        elif isinstance(message, Plan):
            self._on_plan(message, verified.digest, by, mono)
        elif isinstance(message, Config):
            self._configure(message, verified.digest, by, mono)

    def _configure(self, config: Config, digest: str, by: str, mono: int) -> None:
        if self._configuration.accept(config, digest, by):
            self._on_config(mono)
        elif self._trusted.outranks(by, self._configuration.by):
            self._configuration.vouch(by)

    def _on_order(self, order: Signed, by: str, address: Address, letter: Letter, mono: int) -> None:
        now = self._clock.utc(mono)
        if now is None:
            self._wait_for_time(letter, mono)
            return
        place = self._configuration.place_in(address.subject) if address.kind in AREA_KINDS else None
        if isinstance(order, Play):
            self._intake.on_play(order, place, by, now, mono)
        elif isinstance(order, Stop):
            self._intake.on_stop(order, place, by, now, mono)
        elif isinstance(order, Alert):
            self._intake.on_alert(order, place, by, now, mono)

    def _on_answer(self, answer: TimeAnswer, by: str, mono: int) -> None:
        if self._timekeeper.on_answer(answer, mono):
            self._refuse("clock_set", answer.to, mono)
        self._clock.by = by
        self._on_time(mono)
        if self._clock.valid:
            self._read_again(self._timeless, mono)

    def _on_trust(self, payload: bytes, mono: int) -> None:
        if self._trusted.accept(payload):
            self._on_new_trust(mono)
            self._read_again(self._keyless, mono)

    def _read_again(self, waiting: Waiting, mono: int) -> None:
        for letter in waiting.take_all():
            self.on_message(letter.topic, letter.payload, mono)

    def _wait_for_key(self, topic: str, payload: bytes, refusal: UnknownKey, mono: int) -> None:
        if self._topics.parse(topic).kind not in ORDER_KINDS:
            self._refuse(refusal.code, topic, mono)
            return
        gone = self._keyless.add(Letter(topic, payload, mono + PATIENCE))
        if gone:
            self._refuse(UnknownKey.code, gone.topic, mono)

    def _wait_for_time(self, letter: Letter, mono: int) -> None:
        gone = self._timeless.add(letter)
        if gone:
            self._refuse("no_time", gone.topic, mono)
