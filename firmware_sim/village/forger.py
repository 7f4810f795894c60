"""What nobody in the office said: every kind of message downwards, each where a speaker would take it."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from devices.protocol.json_text import read_object
from devices.protocol.messages.alerts import Alert
from devices.protocol.messages.control import Config
from devices.protocol.messages.frame import Signed
from devices.protocol.messages.orders import Play, Stop
from devices.protocol.messages.plans import Airing, Cap, Piece, Plan, Rules
from devices.protocol.messages.time import TimeAnswer, TimeRequest
from devices.protocol.messages.trust import TrustedKey, TrustSet
from devices.protocol.signing import open_envelope
from devices.protocol.units import DAY, HOUR, SECOND
from firmware_sim.runtime import Dice
from firmware_sim.village.forgeries import FORGER
from firmware_sim.village.village import Village

LATEST = 2**53 - 1
"""A number that no later one can overtake."""
Forged = tuple[str, Signed]
"""A topic, and what is said there."""


def drawn_id(dice: Dice) -> str:
    return str(uuid.UUID(int=dice.getrandbits(128), version=4))


@dataclass(frozen=True)
class Forger:
    """Writes one message, as if the office said it; `place` chooses whom it is for. None: there is nothing to say."""

    village: Village
    dice: Dice
    place: int

    @property
    def area(self) -> str:
        village = self.village
        known = (village.province, *village.communes, *village.places)
        return known[self.place % len(known)]

    @property
    def device(self) -> str:
        return self.village.poles[self.place % len(self.village.poles)].identity.device

    def play(self) -> Forged | None:
        """For audio that is there."""
        sounds, now = self._sounds(), self.village.time.now
        if not sounds:
            return None
        said = self.dice.choice(sounds) | {
            "order": drawn_id(self.dice), "occurrence": drawn_id(self.dice), "start_at": now + SECOND,
            "max_late": 60_000, "expires_at": now + 100 * SECOND, "rank": "normal", "volume": 100, "repeats": 1,
            "gap": 0,
        }  # fmt: skip
        topic = self.village.topics.area_order(self.area)
        return topic, Play.model_validate(self._to(f"area/{self.area}") | said)

    def stop(self) -> Forged | None:
        """Of the last order that was given to an area."""
        topic, order = self._last("/order", "play")
        said = {name: order.get(name) for name in ("to", "order", "occurrence", "expires_at")}
        return (topic, Stop.model_validate(self._to("") | said)) if order else None

    def alert(self) -> Forged | None:
        """The shortest sound: a clip that everybody holds."""
        sounds, now, name = self._sounds(), self.village.time.now, drawn_id(self.dice)
        if not sounds:
            return None
        said = {
            "alert": name, "rev": 1, "action": "sound", "start_at": now + SECOND, "expires_at": now + 100 * SECOND,
            "tone": sounds[0]["sha256"], "silent_speech": True, "repeats": 1, "gap": 0, "volume": 100,
        }  # fmt: skip
        topic = self.village.topics.alert(self.area, name)
        return topic, Alert.model_validate(self._to(f"area/{self.area}") | said)

    def cancel(self) -> Forged | None:
        """Of the last alert that was raised."""
        topic, alert = self._last("/alert/", "alert")
        last = {"rev": 65_535, "action": "cancel", "issued_at": self.village.time.now}
        return (topic, Alert.model_validate(alert | last)) if alert else None

    def plan(self) -> Forged | None:
        """One airing at once, and the last of all numbers: no true plan would come after it."""
        sounds, now = self._sounds(), self.village.time.now
        if not sounds:
            return None
        manner = {"max_late": 60_000, "lives": 100_000, "rank": "priority", "volume": 100, "repeats": 1, "gap": 0}
        piece = Piece.model_validate(self.dice.choice(sounds) | manner)
        said = {
            "seq": LATEST, "valid_from": now - SECOND, "valid_to": now + DAY, "pieces": (piece,),
            "airings": (Airing(order=drawn_id(self.dice), piece=0, start_at=now + 2 * SECOND),),
            "rules": Rules(caps=(Cap(at=now - SECOND, percent=100),)), "stage": 0,
        }  # fmt: skip
        topic = self.village.topics.down(self.device, "plan")
        return topic, Plan.model_validate(self._to(f"dev/{self.device}") | said)

    def config(self) -> Forged:
        """It stands nowhere from now on, and never hears otherwise."""
        said = {"seq": LATEST, "places": (), "heartbeat": 86_400, "volume": 0, "trim": 0, "clips": {}}
        topic = self.village.topics.down(self.device, "config")
        return topic, Config.model_validate(self._to(f"dev/{self.device}") | said)

    def trust(self) -> Forged:
        """The forger's own key may sign everything."""
        until = self.village.time.now + DAY
        public = FORGER.verify_key.public
        key = TrustedKey(public=public, roles=("content", "alert", "control", "time"), not_after=until)
        return self.village.topics.trust, TrustSet.model_validate(self._to("tenant") | {"seq": LATEST, "keys": (key,)})

    def answer(self, request: TimeRequest) -> Forged:
        """It is an hour later than it is."""
        later = self.village.time.now + HOUR
        said = {"nonce": request.nonce, "t1": request.t1, "t2": later, "t3": later}
        topic = self.village.topics.time_answer(self.device)
        return topic, TimeAnswer.model_validate(self._to(f"dev/{self.device}") | said)

    def _to(self, target: str) -> dict[str, object]:
        return {"tenant": self.village.topics.tenant, "to": target, "issued_at": self.village.time.now}

    def _sounds(self) -> list[dict[str, object]]:
        """Those that the broker has, by their manifests, the shortest first."""
        retained = self.village.broker.retained
        said = [_read(payload) for topic, payload in retained.items() if topic.endswith("/m")]
        told = [{name: one[name] for name in ("duration", "sha256", "size")} for one in said]
        return sorted(told, key=lambda one: (int(str(one["duration"])), str(one["sha256"])))

    def _last(self, part: str, kind: str) -> tuple[str, dict[str, object]]:
        """The last message of that type that was said to an area."""
        for topic, payload in reversed(self.village.broker.published):
            if "/area/" in topic and part in topic and payload.count(b".") == 2:
                said = _read(payload)
                if said["type"] == kind:
                    return topic, said
        return "", {}


def _read(signed: bytes) -> dict[str, object]:
    return read_object(open_envelope(signed).payload)


SAID: Mapping[str, Callable[[Forger], Forged | None]] = {
    "play": Forger.play, "stop": Forger.stop, "alert": Forger.alert, "cancel": Forger.cancel, "plan": Forger.plan,
    "config": Forger.config, "trust": Forger.trust,
}  # fmt: skip
"""What is said at once; a time answer waits for a question."""
