"""The controller on a recording link: what it would say, and what it makes of what it hears."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from controller.controller import Controller
from controller.runtime.composition import World, build_controller
from controller.settings import AirSettings, Settings
from devices.link import Inbound
from devices.protocol.codec import parse, read_type, to_json
from devices.protocol.json_text import read_object
from devices.protocol.messages.frame import Frame, Signed
from devices.protocol.signing import open_envelope, sign
from devices.protocol.topics import Topics
from devices.protocol.units import DAY
from firmware_sim.village.office import Office
from firmware_sim.village.virtual_time import START
from tests.fakes.link import RecordingLink

LEASE = 366 * DAY
"""Nobody else is there, us."""


@dataclass
class Bench:
    """`now` is moved by hand."""

    office: Office
    now: int = START
    link: RecordingLink = field(default_factory=RecordingLink)
    controller: Controller = field(init=False)
    armed: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        settings = Settings(data=self.office.folder, air=AirSettings(heartbeat_s=60))
        self.controller = build_controller(
            settings, self.office.database, self.office.store, lambda: self.office.keyring, self.link,
            World(lambda: self.now, self.office.new_id), self._arm, "bench", LEASE,
        )  # fmt: skip
        self.controller.leadership.take(self.now)
        self.controller.on_link(True, self.now)

    def _arm(self, instants: Mapping[str, int]) -> None:
        self.armed = dict(instants)

    @property
    def topics(self) -> Topics:
        return self.controller.topics

    def said(self, model: type[Frame]) -> list[tuple[str, Frame]]:
        """Messages of one type that left since the last call, with their topics; forgets all others too."""
        sent, self.link.sent = self.link.sent, []
        found = []
        for topic, payload, _qos, _retain in sent:
            if payload.count(b".") == 2 and payload.startswith(b"ey"):
                body = open_envelope(payload).payload
                if read_type(read_object(body)) == model.model_fields["type"].default:
                    found.append((topic, parse(body, model)))
        return found

    def step(self, seconds: float = 0.0) -> None:
        self.now += int(seconds * 1_000_000)
        self.controller.do_once(self.now)

    def hear(self, device: str, leaf: str, message: Frame, *, retained: bool = False, key: str | None = None) -> None:
        """A message of a speaker arrives; signed where its type is (with `key`'s key if given)."""
        payload = to_json(message)
        if isinstance(message, Signed):
            payload = sign(payload, self.office.keys[key or device])
        topic = self.topics.up(device, leaf)  # type: ignore[arg-type]
        self.controller.on_messages([Inbound(topic, payload, retained, self.now)], self.now)
