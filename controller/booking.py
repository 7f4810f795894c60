"""The words of one batch, booked in one transaction: what they need is read for all speakers at once.

A village that comes back after a power cut asks the database as often as one speaker.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from controller.herald import Herald
from controller.monitoring.dead_air import close_heard
from controller.monitoring.watch import Watch
from controller.programmes.plan_words import PlanWords
from controller.receipts import Booker
from devices.incidents import foresee_incidents, open_incident
from devices.models import Device
from devices.protocol.errors import ProtocolError
from devices.protocol.messages.frame import Frame
from devices.protocol.messages.speaker import Health, Hello, PlanAck, Receipt, Report, State

Word = tuple[Device, Frame]
"""Who says what, believed."""


@dataclass
class Answers:
    """What must be said once the transaction stands."""

    acks: dict[tuple[str, str], int] = field(default_factory=dict)
    """(speaker, ledger) to the number up to which its receipts are stored."""
    hellos: dict[str, Hello] = field(default_factory=dict)
    broken_blobs: set[str] = field(default_factory=set)


@dataclass
class Booking:
    """Made for one open transaction that does not flush by itself."""

    session: Session
    herald: Herald
    watch: Watch
    booker: Booker
    new_id: Callable[[], str]
    now: int
    answers: Answers = field(default_factory=Answers)

    def book(self, words: Sequence[Word]) -> Answers:
        """Book the words of a batch in their order, and say what must be answered."""
        _held = self.booker.foresee(self.session, words)  # rows that nobody holds are read again
        foresee_incidents(self.session, _who(words, Hello, State))
        plans = PlanWords(self.session, _who(words, Hello, PlanAck))
        for device, said in words:
            self._note(device, said, plans)
        if self.answers.acks:
            self.booker.write_down(self.session)
            self.session.flush()
            close_heard(self.session, self.now)
        return self.answers

    def _note(self, device: Device, said: Frame, plans: PlanWords) -> None:
        if isinstance(said, Health):
            self.watch.keep_health(self.session, device, said, self.now)
        elif isinstance(said, Hello):
            self._greet(device, said, plans)
        elif isinstance(said, Receipt):
            self.answers.acks[device.id, said.ledger] = self.booker.take(self.session, device.id, said, self.now)
        elif isinstance(said, PlanAck):
            plans.keep_ack(device.id, said, self.now)
        elif isinstance(said, Report):
            self._report(device, said)
        gone = isinstance(said, State) and not said.online
        self.watch.note(self.session, device, "will" if gone else "word", self.now)

    def _greet(self, device: Device, said: Hello, plans: PlanWords) -> None:
        self.watch.keep_hello(device, said)
        plans.keep_hello(device.id, said.plan_seq)
        self.answers.acks[device.id, said.ledger] = self.booker.greet(self.session, device.id, said, self.now)
        self.answers.hellos[device.id] = said
        if said.trust_seq > self.herald.trust_seq:
            open_incident(
                self.session, self.new_id, "keys_outdated", self.now, device_id=device.id, trust_seq=said.trust_seq
            )

    def _report(self, device: Device, said: Report) -> None:
        self.watch.keep_report(self.session, device.id, said, self.now)
        if said.code == "bad_chunk":
            self.answers.broken_blobs |= self._blob_named(said.about)

    def _blob_named(self, topic: str) -> set[str]:
        """The blob whose chunk stands at `topic`, if any."""
        try:
            return {self.herald.topics.parse(topic).subject}
        except ProtocolError:
            return set()


def _who(words: Sequence[Word], *kinds: type[Frame]) -> list[str]:
    """Who says something of these kinds."""
    return sorted({device.id for device, said in words if isinstance(said, kinds)})
