"""Somebody who has copied an online key of the office, and speaks in its name."""

import uuid

from devices.protocol.codec import to_json
from devices.protocol.keys import SigningKey
from devices.protocol.messages.alerts import Alert
from devices.protocol.messages.orders import Play
from devices.protocol.messages.trust import Role
from devices.protocol.signing import sign
from devices.protocol.units import SECOND
from firmware_sim import runtime
from firmware_sim.village.village import Village


class Thief:
    """`sound` is a blob that the broker has. What he says is well signed, by a key of the right role."""

    def __init__(self, village: Village) -> None:
        self._village = village
        self._dice = runtime.dice(f"{village.seed}/thief")
        self._stolen: dict[Role, SigningKey] = {}
        self.said: list[str] = []
        """Ids of his orders and alerts."""

    def steal(self, role: Role) -> None:
        self._stolen[role] = self._village.office.keyring.keys[role]

    def play(self, target: str, sound: str, ahead: float = 1.0) -> None:
        """An order to `area/...` or `dev/...` that starts so many seconds from now."""
        village, start = self._village, self._village.time.now + int(ahead * SECOND)
        said = Play(
            tenant=village.topics.tenant, to=target, issued_at=village.time.now, order=self._name(),
            occurrence=self._name(), sha256=sound, duration=2_000, start_at=start, max_late=60_000,
            expires_at=start + 100 * SECOND, rank="priority", volume=100, repeats=1, gap=0,
        )  # fmt: skip
        self.said.append(said.order)
        self._publish(target, sign(to_json(said), self._stolen["content"]))

    def alert(self, target: str, sound: str) -> None:
        village, now = self._village, self._village.time.now
        said = Alert(
            tenant=village.topics.tenant, to=target, issued_at=now, alert=self._name(), rev=1, action="sound",
            start_at=now + SECOND, expires_at=now + 100 * SECOND, tone=sound, silent_speech=True, repeats=1, gap=0,
            volume=100,
        )  # fmt: skip
        self.said.append(said.alert)
        kind, subject = target.split("/")
        topic = village.topics.alert(subject, said.alert) if kind == "area" else village.topics.down(subject, "order")
        village.broker.publish(topic, sign(to_json(said), self._stolen["alert"]), retain=kind == "area")

    def everywhere_it_is_known(self, role: Role) -> None:
        """To every speaker that has heard of the newest keys, one by one: none of them may sound."""
        newest, sound = self._village.office.keyring.said.seq, self._any_sound()
        if role not in self._stolen or sound is None:
            return
        for pole in self._village.poles:
            if pole.speaker is not None and pole.speaker.trust_seq == newest:
                self._say(role, f"dev/{pole.identity.device}", sound)

    def _say(self, role: Role, target: str, sound: str) -> None:
        if role in {"content", "alert"}:
            (self.play if role == "content" else self.alert)(target, sound)

    def _publish(self, target: str, payload: bytes) -> None:
        kind, subject = target.split("/")
        topics = self._village.topics
        topic = topics.area_order(subject) if kind == "area" else topics.down(subject, "order")
        self._village.broker.publish(topic, payload, retain=False)

    def _any_sound(self) -> str | None:
        """One that the broker has."""
        sounds = sorted(topic.split("/")[-2] for topic in self._village.broker.retained if topic.endswith("/m"))
        return self._dice.choice(sounds) if sounds else None

    def _name(self) -> str:
        return str(uuid.UUID(int=self._dice.getrandbits(128), version=4))
