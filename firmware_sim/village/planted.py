"""Bugs on purpose: each swaps one part of the village for a faulty one, so that the rehearsal itself is tested.

One for each of the judge's eight sets, planted at a port: the product has no switch for any of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlmodel import col, select

from controller.deliveries.models import Delivery
from devices.protocol.codec import SIGNED, parse, read_type, to_json
from devices.protocol.json_text import read_object
from devices.protocol.keys import SigningKey, VerifyKey
from devices.protocol.messages.frame import Signed
from devices.protocol.messages.orders import Play, Stop
from devices.protocol.messages.speaker import Receipt
from devices.protocol.messages.trust import Role
from devices.protocol.signing import Envelope, open_envelope, sign
from devices.protocol.trust import content_digest
from devices.protocol.units import HOUR, MILLI, MINUTE, SECOND
from devices.protocol.verification import Believer, Verified, believe
from firmware_sim.ports import SpeakerLink
from firmware_sim.speaker import Parts, Speaker
from firmware_sim.village.pole import Pole
from firmware_sim.village.village import Village


def _well(_pole: Pole, parts: Parts) -> Speaker:
    return Speaker(parts)


@dataclass(frozen=True)
class Bug:
    """Without arguments: none."""

    faults: tuple[str, ...] = ()
    """The programmes under which it shows."""
    build: Callable[[Pole, Parts], Speaker] = _well
    plant: Callable[[Village], None] = lambda village: None


def _believing(change: Callable[[Signed], Signed]) -> Callable[[Pole, Parts], Speaker]:
    """Speakers that read something else than what was signed."""

    def read(envelope: Envelope, key: VerifyKey, roles: tuple[Role, ...]) -> Verified:
        verified = believe(envelope, key, roles)
        return replace(verified, message=change(verified.message))

    return _with_believer(read)


def _with_believer(believer: Believer) -> Callable[[Pole, Parts], Speaker]:
    return lambda _pole, parts: Speaker(replace(parts, believer=believer))


def _tidy_up(village: Village) -> None:
    """A clean-up of the office's tables takes a delivery that is still open, every few minutes."""
    rows = select(Delivery).where(col(Delivery.state).in_(("queued", "ordered", "have"))).limit(1)

    def tidy() -> None:
        with village.office.database.write() as session:
            for row in session.exec(rows):
                session.delete(row)
        village.time.after(3 * MINUTE, tidy)

    village.time.after(3 * MINUTE, tidy)


def _gullible(envelope: Envelope, _key: VerifyKey, _roles: tuple[Role, ...]) -> Verified:
    """Nobody looks at the signature."""
    model, _ = SIGNED[read_type(read_object(envelope.payload))]
    return Verified(parse(envelope.payload, model), content_digest(envelope), envelope.key_id)


def _forgetful(pole: Pole, parts: Parts) -> Speaker:
    """What was heard is not kept over a power cut."""
    for name in pole.flash.keys("memory/"):
        pole.flash.delete(name)
    return Speaker(parts)


def _loose_plug(village: Village) -> None:
    """A speaker that has begun to sound loses its power for a moment, now and then: by itself no harm."""

    def pull() -> None:
        sounding = [pole for pole in village.poles if pole.speaker is not None and pole.speaker.playing]
        for pole in sounding[:1]:
            pole.power_cut()
            village.time.after(2 * SECOND, pole.power_up)
        village.time.after(5 * SECOND, pull)

    village.time.after(MINUTE, pull)


def _patient(message: Signed) -> Signed:
    """Orders never come too late."""
    if not isinstance(message, Play):
        return message
    later = {"max_late": HOUR // MILLI, "expires_at": message.expires_at + HOUR}
    return message.model_copy(update=later)


def _stubborn(message: Signed) -> Signed:
    """A stop stops something else."""
    if not isinstance(message, Stop):
        return message
    return message.model_copy(update={"order": _other(message.order), "occurrence": _other(message.occurrence)})


def _other(name: str) -> str:
    """An id that is nearly this one."""
    return name[:-1] + ("1" if name[-1] == "0" else "0")


class _Mixing:
    """Each order gets the sound of the one before."""

    def __init__(self) -> None:
        self._last: Play | None = None

    def __call__(self, message: Signed) -> Signed:
        if not isinstance(message, Play):
            return message
        before, self._last = self._last, message
        if before is None or before.sha256 == message.sha256:
            return message
        return message.model_copy(update={"sha256": before.sha256, "duration": before.duration})


def _meant(message: Signed) -> Signed:
    """Whoever hears an order believes that it is meant."""
    return message.model_copy(update={"only": None}) if isinstance(message, Play) else message


class _Boasting:
    """A line on which "failed" becomes "played"."""

    def __init__(self, link: SpeakerLink, key: SigningKey) -> None:
        self._link, self._key = link, key
        self.subscribe, self.unsubscribe = link.subscribe, link.unsubscribe

    def publish(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
        said = parse(open_envelope(payload).payload, Receipt) if topic.endswith("/receipt") else None
        if said is not None and said.state == "failed" and said.sha256:
            well = said.model_copy(update={"state": "played", "reason": "none", "heard": said.expected})
            payload = sign(to_json(well), self._key)
        self._link.publish(topic, payload, qos, retain)


def _boastful(_pole: Pole, parts: Parts) -> Speaker:
    return Speaker(replace(parts, link=_Boasting(parts.link, parts.identity.key)))


BUGS: Mapping[str, Bug] = {
    "lost": Bug(("storm",), plant=_tidy_up),
    "unexpected": Bug(("hostile",), _with_believer(_gullible)),
    "duplicated": Bug((), _forgetful, _loose_plug),
    "late": Bug(("reconnect", "storm"), _believing(_patient)),
    "after_cancel": Bug((), _believing(_stubborn)),
    "wrong_content": Bug((), _believing(_Mixing())),
    "wrong_device": Bug((), _believing(_meant)),
    "false_played": Bug(("flood",), _boastful),
}
"""By the set in which each must show."""
NUISANCES: Mapping[str, Bug] = {"loose_plug": Bug((), plant=_loose_plug)}
"""What uncovers a bug and is none: it must leave all sets empty."""
