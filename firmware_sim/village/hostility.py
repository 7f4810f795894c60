"""A broker in wrong hands: it forges, replays, turns bits, holds back, doubles, and brings old state back."""

import uuid

from devices.protocol.messages.orders import Play
from devices.protocol.units import MILLI, SECOND
from firmware_sim import runtime
from firmware_sim.runtime import Dice
from firmware_sim.village.broker import MemoryBroker
from firmware_sim.village.forgeries import signed_as
from firmware_sim.village.village import Village


def drawn_id(dice: Dice) -> str:
    return str(uuid.UUID(int=dice.getrandbits(128), version=4))


class Hostility:
    """Stands in the broker's place on every way down; draws from its own seed."""

    def __init__(self, village: Village) -> None:
        self._village = village
        self._broker: MemoryBroker = village.broker
        self._dice = runtime.dice(f"{village.seed}/hostility")
        self._disorder = (0.0, 0, 0)
        self._tamper = (0.0, 0)
        self._old: dict[str, bytes] = {}
        village.broker.tamper = self._send

    def forge(self, kind: str, place: int, dice: Dice) -> None:
        """An order for audio that is there, in the name of the office; none where the store is empty."""
        village, now = self._village, self._village.time.now
        sounds = [topic.split("/")[-2] for topic in self._broker.retained if topic.endswith("/m")]
        if not sounds:
            return
        area = (village.province, *village.communes, *village.places)[place % (3 + len(village.places))]
        play = Play(
            tenant=village.office.keyring.tenant, to=f"area/{area}", issued_at=now, order=drawn_id(dice),
            occurrence=drawn_id(dice), sha256=dice.choice(sorted(sounds)), duration=2_000,
            start_at=now + SECOND, max_late=60 * 1_000, expires_at=now + 100 * SECOND, rank="normal", volume=100,
            repeats=1, gap=0,
        )  # fmt: skip
        self._broker.publish(village.topics.area_order(area), signed_as(kind, play, village.office), retain=False)

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

    def _send(self, _client: str, topic: str, payload: bytes) -> list[tuple[int, bytes]]:
        copies = [(0, self._turned(topic, payload))]
        share, held, until = self._disorder
        if self._village.time.now < until:
            if self._dice.random() < share:
                copies[0] = self._dice.randrange(MILLI, held), copies[0][1]
            if self._dice.random() < share:
                copies.append((self._dice.randrange(MILLI, held), payload))
        return copies

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
