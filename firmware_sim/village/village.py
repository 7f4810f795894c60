"""A commune in one process on a virtual clock: the real controller, real speakers, and a judge at the end."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import cycle, zip_longest
from pathlib import Path
from typing import cast

from sqlmodel import select

from controller.alerts.models import AlertRow
from controller.alerts.raising import AlertRequest, add_speech, cancel_alert, raise_alert
from controller.broadcast.models import Broadcast
from controller.broadcast.ordering import BroadcastRequest, create_broadcast, stop_broadcast
from controller.deliveries.models import Delivery
from controller.keys.changes import OVERLAP, Change, new_root, rotated
from controller.library.models import Blob
from controller.settings import AirSettings
from devices.models import Incident
from devices.protocol.keys import SigningKey
from devices.protocol.messages.trust import Role
from devices.protocol.topics import Topics
from devices.protocol.units import MINUTE, SECOND
from firmware_sim import runtime
from firmware_sim.hardware.box import Hardware
from firmware_sim.hardware.profile import Profile
from firmware_sim.identity import Birth, Identity
from firmware_sim.judge.records import Accepted, Faults, Part, Viewed, ViewKey, ViewState
from firmware_sim.judge.verdict import Verdict, judge
from firmware_sim.ledger import Line
from firmware_sim.radio.model import RadioModel
from firmware_sim.settings import SpeakerSettings
from firmware_sim.sounds import Sounds
from firmware_sim.speaker import Parts, Speaker
from firmware_sim.verdicts import Verdicts
from firmware_sim.village.broker import MemoryBroker
from firmware_sim.village.coverage import link
from firmware_sim.village.desk import Desk
from firmware_sim.village.office import Office
from firmware_sim.village.pole import Pole, Surroundings
from firmware_sim.village.quartz import drawn
from firmware_sim.village.schedule import Schedule
from firmware_sim.village.units import Units
from firmware_sim.village.virtual_time import START, VirtualTime

LEAD_MS = 3_000
ALERT_LEAD_MS = 400
SPEECH_LEAD = 1_500_000
"""us."""
COMMUNES = ("Xã Tân Đông", "Xã Bình Ân")
HAMLET = 10
"""Speakers of one hamlet."""


def _plain(_pole: Pole, parts: Parts) -> Speaker:
    return Speaker(parts)


@dataclass
class Village:
    """`speakers` poles in hamlets of two communes of one province."""

    folder: Path
    speakers: int = 6
    seed: int = 1
    radio: RadioModel | None = None
    """How the speakers are connected, but for its cuts, and how their crystals run; None: 10 ms each way."""
    heartbeat_s: int = 60
    settings: SpeakerSettings = field(default_factory=SpeakerSettings)
    makes: tuple[str, ...] = ()
    """Makes of speaker, in turn; none: healthy boxes with the given settings."""
    build: Callable[[Pole, Parts], Speaker] = _plain
    note: Callable[[str, Line], None] = lambda device, line: None
    chunk_bytes: int = 4096
    begin: int = START
    """When its story begins, us UTC."""
    time: VirtualTime = field(init=False)
    accepted: list[Accepted] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = runtime.dice(self.seed)
        self.time = VirtualTime(self.begin)
        self._makes = cycle(self.makes)
        self.office = Office(self.folder, self.seed, self.chunk_bytes, self.begin)
        self.office.blob(2.0, 900, clip="tone")
        self.broker = MemoryBroker(self.time)
        self.topics = Topics(self.office.keyring.tenant)
        self.province = self.office.area("Tỉnh Tiền Giang")
        self.communes = [self.office.area(name, self.province) for name in COMMUNES]
        self._around = Surroundings(self.time, self.broker, Sounds(), Verdicts(), self.seed, self.build, self.note)
        self.members: dict[str, frozenset[str]] = {}
        """Who stands where, by area: known without asking the controller."""
        self.places: list[str] = []
        """The hamlets' areas, in the order of `hamlets`."""
        self.hamlets = self._settle_down()
        self.poles = [pole for row in zip_longest(*self.hamlets) for pole in row if pole is not None]
        self._air = AirSettings(heartbeat_s=self.heartbeat_s, lead_ms=LEAD_MS)
        self.schedule, self.units = Schedule(self), Units(self)
        self.desk = Desk(self.time, self.broker, self.office, self._air)
        self.rival: Desk | None = None
        self.desk.start()
        for pole in self.poles:
            self.time.after(self.chance.randrange(SECOND), pole.watch_power if pole.hardware else pole.power_up)

    def _settle_down(self) -> list[list[Pole]]:
        """Hamlets in turn in one commune and the other, at least one in each."""
        count = self.hamlet_count(self.speakers)
        return [self._hamlet(number, count) for number in range(count)]

    @staticmethod
    def hamlet_count(speakers: int) -> int:
        return max(2, -(-speakers // HAMLET))

    def _hamlet(self, number: int, count: int) -> list[Pole]:
        commune = self.communes[number % 2]
        area = self.office.area(f"Ấp {number + 1}", commune)
        self.places.append(area)
        names = [f"Loa {place}" for place in range(number, self.speakers, count)]
        poles = [self._pole(number, *one) for one in zip(self.office.register(area, names), names, strict=True)]
        for name in (area, commune, self.province):
            known = self.members.get(name, frozenset())
            self.members[name] = known.union(pole.identity.device for pole in poles)
        return poles

    def _pole(self, hamlet: int, device: str, name: str) -> Pole:
        birth = Birth(**self.office.keyring.birth(device), name=name)
        identity = Identity(birth, self.office.keys[device])
        quartz = drawn(self.begin, self.chance, self.radio.clock if self.radio else None)
        radio = link(self.radio, self.seed, device, hamlet) if self.radio else None
        hardware = self._box(device) if self.makes else None
        settings = hardware.profile.settings(self.settings) if hardware else self.settings
        return Pole(self._around, identity, settings, quartz, radio, hardware)

    def _box(self, device: str) -> Hardware:
        return Hardware(Profile.read(next(self._makes)), runtime.dice(f"{self.seed}/box/{device}"), self.begin)

    # Time

    def settle(self, seconds: float = 20.0) -> "Village":
        """Let everybody join, find the time and fetch the tone."""
        self.run(seconds)
        return self

    def run(self, seconds: float) -> None:
        self.time.run_for(int(seconds * SECOND))

    # What the office does; each stands in the log of what was accepted

    def broadcast(
        self, seconds: float = 4.0, areas: Iterable[str] | None = None, frequency: float | None = None,
        devices: Iterable[str] = (), **wishes: object,
    ) -> Accepted:  # fmt: skip
        """Order a bulletin; what the service refuses is raised."""
        places, named = tuple(areas if areas is not None else (self.province,)), tuple(devices)
        bulletin = self.office.bulletin(seconds, frequency or 200 + self.chance.random() * 2_000)
        request = BroadcastRequest(bulletin, places, named, **wishes)  # type: ignore[arg-type]
        with self.office.database.write() as session:
            made = create_broadcast(session, request, self.office.act(self.time.now), self.office.new_id, LEAD_MS)
        with self.office.database.read() as session:
            row = session.get_one(Broadcast, made)
        accepted = Accepted(
            order=row.id, occurrence=row.occurrence_id, kind="broadcast", accepted_at=self.time.now,
            targets=self.targets(places, named), start_at=row.start_at, max_late=row.max_late_ms * 1_000,
            expires_at=row.expires_at, parts={"body": (row.sha256, row.duration_ms)}, repeats=row.repeats,
        )  # fmt: skip
        self.accepted.append(accepted)
        self.ring()
        return accepted

    def stop(self, order: Accepted, reachable: frozenset[str] | None = None) -> None:
        with self.office.database.write() as session:
            stop_broadcast(session, order.order, self.office.act(self.time.now))
        self.accepted.append(replace(order, cancelled_at=self.time.now, cancel_reachable=reachable))
        self.ring()

    def alert(
        self, minutes: float = 10.0, speech_after: float | None = 1.5, repeats: int = 2,
        areas: Iterable[str] | None = None,
    ) -> Accepted:  # fmt: skip
        """An emergency; its speech is made `speech_after` seconds later (None: never comes)."""
        places = tuple(areas if areas is not None else (self.province,))
        request = AlertRequest("Nước dâng", "Nước dâng", places, self.time.now + int(minutes * MINUTE), repeats)
        with self.office.database.write() as session:
            made = raise_alert(session, request, self.office.act(self.time.now), self.office.new_id, ALERT_LEAD_MS)
        accepted = self._accepted_alert(made, self.targets(places, ()))
        self.accepted.append(accepted)
        self.ring()
        if speech_after is not None:
            self.time.after(int(speech_after * SECOND), lambda: self._speak(accepted))
        return accepted

    def cancel(self, alert: Accepted, reachable: frozenset[str] | None = None) -> None:
        with self.office.database.write() as session:
            cancel_alert(session, alert.order, self.office.act(self.time.now))
        taken_back = replace(self._accepted_alert(alert.order, alert.targets), cancelled_at=self.time.now)
        self.accepted.append(replace(taken_back, cancel_reachable=reachable))
        self.ring()

    def _speak(self, alert: Accepted) -> None:
        speech = self.office.blob(3.0, 200 + 20 * self.chance.randrange(5))
        with self.office.database.write() as session:
            add_speech(session, alert.order, session.get_one(Blob, speech), self.time.now, SPEECH_LEAD)
        self.accepted.append(self._accepted_alert(alert.order, alert.targets))
        self.ring()

    def _accepted_alert(self, alert: str, targets: frozenset[str]) -> Accepted:
        with self.office.database.read() as session:
            row = session.get_one(AlertRow, alert)
        parts: dict[Part, tuple[str, int]] = {"tone": (row.tone_sha256, row.tone_ms)}
        if row.speech_sha256:
            parts["speech"] = (row.speech_sha256, row.speech_ms)
        return Accepted(
            order=row.id, occurrence=row.id, kind="alert", accepted_at=row.created_at, targets=targets,
            start_at=row.start_at, max_late=row.expires_at - row.start_at, expires_at=row.expires_at,
            parts=parts, repeats=row.repeats, cancelled_at=row.cancelled_at,
        )  # fmt: skip

    def targets(self, areas: Iterable[str], devices: Iterable[str]) -> frozenset[str]:
        """By what stands on the poles, not by what the controller wrote down."""
        return frozenset(devices).union(*(self.members[area] for area in areas))

    def ring(self) -> None:
        """Something new is in the tables."""
        for desk in self.desks:
            desk.ring()

    # What befalls everybody

    @property
    def desks(self) -> list[Desk]:
        return [self.desk, *([self.rival] if self.rival else [])]

    def second_controller(self, lease: int = 15 * SECOND) -> Desk:
        """Somebody starts another controller on the same database: from now on one of the two works."""
        self.desk.share(lease)
        self.rival = Desk(self.time, self.broker, self.office, self._air, "another controller", lease)
        self.rival.start()
        return self.rival

    def lose_broker(self, seconds: float) -> None:
        """Killed, and back with an empty store after a while."""
        self.broker_dies()
        self.run(seconds)
        self.broker_returns()

    def broker_dies(self) -> None:
        self.broker.up = False
        self.broker.wipe()

    def broker_returns(self) -> None:
        self.broker.up = True
        for client in [*self.desks, *self.poles]:
            client.connect()

    # What becomes of the keys

    def rotate(self, *roles: Role, overlap: int = OVERLAP) -> None:
        """New keys for these roles; with `overlap` 0 the old ones are out at once."""
        office = self.office
        draw = office.chance.randbytes
        self._change(rotated(office.keyring, office.root, roles, draw, self.time.now, overlap))

    def new_root(self) -> None:
        successor = SigningKey(self.office.chance.randbytes(32))
        change = new_root(self.office.keyring, self.office.root, successor, self.time.now)
        self.office.root = successor
        self._change(change)

    def _change(self, change: Change) -> None:
        self.office.keyring = change.after
        for desk in self.desks:
            desk.on_keys()

    # What is seen

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

    def view(self) -> dict[ViewKey, Viewed]:
        """What the controller shows of every delivery."""
        with self.office.database.read() as session:
            rows = session.exec(select(Delivery)).all()
        return {
            (row.order_id, row.occurrence_id, row.device_id): Viewed(cast(ViewState, row.state), row.heard_ms)
            for row in rows
        }

    def judged(self) -> Verdict:
        """The eight sets, now."""
        ledgers = {pole.identity.device: pole.ledger.lines for pole in self.poles}
        cuts = {pole.identity.device: tuple(pole.cuts) for pole in self.poles}
        return judge(
            [*self.accepted, *self.schedule.accepted()], ledgers, self.view(), self.time.now, Faults(cuts=cuts)
        )

    def close(self) -> None:
        self.office.database.close()
