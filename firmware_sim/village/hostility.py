"""A broker in wrong hands: it forges, replays, turns bits, holds back, doubles, and brings old state back."""

from devices.protocol.codec import parse_unsigned
from devices.protocol.messages.time import TimeRequest
from devices.protocol.units import MILLI
from firmware_sim import runtime
from firmware_sim.runtime import Dice
from firmware_sim.village.broker import MemoryBroker
from firmware_sim.village.forger import SAID, Forged, Forger
from firmware_sim.village.forgeries import signed_as
from firmware_sim.village.village import Village


class Hostility:
    """Stands in the broker's place on every way down; draws from its own seed."""

    def __init__(self, village: Village) -> None:
        self._village = village
        self._broker: MemoryBroker = village.broker
        self._dice = runtime.dice(f"{village.seed}/hostility")
        self._disorder = (0.0, 0, 0)
        self._tamper = (0.0, 0)
        self._old: dict[str, bytes] = {}
        self._answers: dict[str, list[tuple[Forger, str]]] = {}
        """Who answers whose next questions about the time."""
        village.broker.tamper = self._send

    def forge(self, said: str, kind: str, place: int, dice: Dice) -> None:
        """A message in the name of the office (see SAID), signed as `kind` says; `time`: answers to the next three
        questions of a speaker, before the office can give its own."""
        forger = Forger(self._village, dice, place)
        if said == "time":
            self._answers[forger.device] = [(forger, kind)] * 3
            return
        forged = SAID[said](forger)
        if forged is not None:
            self._say(forged, kind)

    def replay(self, count: int, dice: Dice) -> None:
        """Say again what was once said downwards, at its place or at another speaker's."""
        down = [(topic, payload) for topic, payload in self._broker.published if _downwards(topic)]
        for topic, payload in dice.sample(down, min(count, len(down))):
            places = [self._village.topics.area_order(area) for area in self._village.places]
            self._broker.publish(dice.choice([topic, topic, *places]), payload, retain=dice.random() < 0.2)

    def remember(self) -> None:
        """Keep what stands retained now, to bring it back later."""
        self._old = {topic: payload for topic, payload in self._broker.retained.items() if _downwards(topic)}

    def roll_back(self) -> None:
        for topic, payload in sorted(self._old.items()):
            self._broker.publish(topic, payload, retain=True)

    def disorder(self, share: float, held: int, span: int) -> None:
        self._disorder = share, held, self._village.time.now + span

    def tamper(self, share: float, span: int) -> None:
        self._tamper = share, self._village.time.now + span

    def peace(self) -> None:
        """All of it ends; what it said before stays said."""
        self._disorder, self._tamper = (0.0, 0, 0), (0.0, 0)
        self._answers.clear()

    def _say(self, forged: Forged, kind: str) -> None:
        topic, message = forged
        self._broker.publish(topic, signed_as(kind, message, self._village.office), retain=False)

    def _send(self, _client: str, topic: str, payload: bytes) -> list[tuple[int, bytes]]:
        if self._answers and "/time/req/" in topic:
            self._answer(topic.rpartition("/")[2], payload)
        copies = [(0, self._turned(topic, payload))]
        share, held, until = self._disorder
        if self._village.time.now < until:
            if self._dice.random() < share:
                copies[0] = self._dice.randrange(MILLI, held), copies[0][1]
            if self._dice.random() < share:
                copies.append((self._dice.randrange(MILLI, held), payload))
        return copies

    def _answer(self, device: str, question: bytes) -> None:
        if self._answers.get(device):
            forger, kind = self._answers[device].pop()
            self._say(forger.answer(parse_unsigned(question, TimeRequest)), kind)

    def _turned(self, topic: str, payload: bytes) -> bytes:
        share, until = self._tamper
        is_audio = "/blob/" in topic and not topic.endswith("/m")
        if not (is_audio and payload and self._village.time.now < until and self._dice.random() < share):
            return payload
        bit = self._dice.randrange(8 * len(payload))
        changed = bytearray(payload)
        changed[bit // 8] ^= 1 << bit % 8
        return bytes(changed)


def _downwards(topic: str) -> bool:
    """Whether speakers listen there."""
    return not ("/up/" in topic or "/time/req/" in topic)
