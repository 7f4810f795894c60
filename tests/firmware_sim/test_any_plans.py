"""Plans in any sequence, with power and network failing: never two versions, nothing absent, nothing in silence, and
nothing kept that is gone."""

import itertools
import random
from collections import defaultdict
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.protocol.units import MILLI, SECOND
from tests.firmware_sim.headquarters import Slot, after, name_of, piece_of
from tests.firmware_sim.street import ENDS, Street

ROUNDING = 5 * MILLI
LAST = 120
"""Seconds after the joining in which something airs."""


@dataclass
class Planned(Street):
    """A street that knows which plan its speaker held when."""

    held: list[tuple[int, int]] = field(default_factory=list)

    def _arrive(self, topic: str, payload: bytes, session: int) -> None:
        super()._arrive(topic, payload, session)
        if topic.endswith("/plan") and self.speaker and self.connected:
            self.held.append((self.now, self.speaker._plan.seq))

    def in_force(self, at: int) -> int:
        return max((seq for since, seq in self.held if since <= at), default=0)


class Desk:
    """Draws up one plan after the other: slots come, go, move and are replaced by other versions."""

    def __init__(self, chance: random.Random, street: Street) -> None:
        self.chance = chance
        self.street = street
        self.pieces = [piece_of(street.tone(seconds), seconds, max_late=20_000) for seconds in (2, 6, 15)]
        self.silence = sorted(chance.sample(range(10, LAST), 2))
        self.budget = chance.choice([None, 20_000, 45_000])
        self.versions: dict[int, list[Slot]] = defaultdict(list)
        self.names: dict[int, set[str]] = {0: set()}
        self.gone: tuple[str, ...] = ()
        """As the latest plan says it."""

    def next_plan(self) -> None:
        seq = len(self.names)
        slots = [self._version(number) for number in range(6) if self.chance.random() < 0.7]
        self.names[seq] = {name_of(slot.word) for slot in slots}
        self.chance.shuffle(slots)
        idle = {piece.sha256 for piece in self.pieces} - {slot.piece.sha256 for slot in slots}
        self.gone = tuple(sorted(sha256 for sha256 in idle if self.chance.random() < 0.7))
        begin, end = self.silence
        caps = [(-3_600, 100), (begin, 0), (end, 60)]
        self.street.hq.now = self.street.now
        message = self.street.hq.plan(self.street.device, seq, slots, caps=caps, budget=self.budget, gone=self.gone)
        self.street.say(message, retain=True)

    def _version(self, number: int) -> Slot:
        earlier = self.versions[number]
        if not earlier or self.chance.random() < 0.4:
            start = 15 + self.chance.randrange(LAST - 15)
            word, piece = f"{number}.{len(earlier)}", self.chance.choice(self.pieces)
            earlier.append(Slot(word, piece, start, tuple(slot.word for slot in earlier[-8:])))
        return earlier[-1]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**6))
def test_plans_in_any_sequence(seed: int) -> None:
    chance = random.Random(seed)
    street = Planned(seed=seed)
    street.joined()
    desk = Desk(chance, street)
    desk.next_plan()
    for at in sorted(chance.uniform(11, LAST) for _ in range(8)):
        street.run_until(after(at))
        chance.choice([desk.next_plan, desk.next_plan, lambda: power(street), lambda: network(street)])()
    street.run(60)
    check(street, desk)


def power(street: Planned) -> None:
    street.power_cut()
    street.run(2).power_on().connect()


def network(street: Planned) -> None:
    street.disconnect()
    street.run(3).connect()


def check(street: Planned, desk: Desk) -> None:
    begun = {(line["order"], line["mono"]): line for line in street.started()}
    sounded = [(line, line["true"] - line["heard_ms"] * MILLI) for line in street.ended() if line["heard_ms"]]
    words = {name_of(slot.word): slot for slots in desk.versions.values() for slot in slots}
    versions = defaultdict(set)
    for line, began in sounded:
        versions[words[line["order"]].word.split(".")[0]].add(line["order"])
        assert line["order"] in desk.names[street.in_force(line["true"] - ROUNDING)], "absent, and sounded"
        silence = [after(instant) for instant in desk.silence]
        assert min(line["true"], silence[1]) - max(began, silence[0]) < ROUNDING, "sounded in silence"
    assert all(len(orders) == 1 for orders in versions.values()), "two versions"
    heard = sum(line["heard_ms"] for line, _ in sounded)
    assert desk.budget is None or heard <= desk.budget
    ends = [receipt.order for receipt in street.receipts if receipt.state in ENDS]
    assert len(ends) == len(set(ends)) and set().union(*desk.names.values()) >= set(ends)
    held = {name for seq in {seq for _, seq in street.held} for name in desk.names[seq]}
    assert held == set(ends), "each airing has its end"
    said = street.plan_acks[-1]
    assert not street.flash.held().keys() & set(desk.gone), "kept"
    assert (said.seq, said.gone) == (len(desk.names) - 1, desk.gone)
    starts = sorted(line["true"] for line in begun.values())
    assert all(later - earlier > SECOND // 100 for earlier, later in itertools.pairwise(starts))
