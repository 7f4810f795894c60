"""What a broker in wrong hands does to messages; that nothing false sounds is the judge's to say."""

from collections import Counter
from pathlib import Path

import pytest

from devices.protocol.units import SECOND
from firmware_sim import runtime
from firmware_sim.judge.records import Accepted
from firmware_sim.village.faults.hostile import FORGED
from firmware_sim.village.forgeries import FORGERIES
from firmware_sim.village.hostility import Hostility
from firmware_sim.village.village import Village

PIECE = "loa/1/x/blob/" + "0" * 64 + "/3"


def sent(village: Village, topic: str, payload: bytes = b"payload", times: int = 400) -> list[list[tuple[int, bytes]]]:
    """What becomes of a message on its way down, so many times."""
    return [village.broker.tamper("x", topic, payload) for _ in range(times)]


def turned(one: bytes, other: bytes) -> int:
    """Bits in which they differ."""
    return sum((a ^ b).bit_count() for a, b in zip(one, other, strict=True))


@pytest.fixture
def hostility(village: Village) -> Hostility:
    return Hostility(village)


def test_at_peace_everything_passes_as_it_is(village: Village, hostility: Hostility) -> None:
    assert sent(village, PIECE, times=20) == [[(0, b"payload")]] * 20


def test_disorder_holds_back_and_doubles_a_share_for_a_while(village: Village, hostility: Hostility) -> None:
    hostility.disorder(0.25, 10 * SECOND, 60 * SECOND)
    came = sent(village, "loa/1/x/trust")
    copies, held = Counter(len(one) for one in came), [one[0][0] for one in came if one[0][0]]
    assert 60 < copies[2] < 140 and set(copies) == {1, 2}, "a quarter comes twice"
    assert 60 < len(held) < 140 and 0 < max(held) < 10 * SECOND
    assert {payload for one in came for _, payload in one} == {b"payload"}
    village.time.run_for(60 * SECOND)
    assert sent(village, "loa/1/x/trust", times=20) == [[(0, b"payload")]] * 20


def test_tampering_turns_one_bit_of_a_share_of_the_pieces_and_of_nothing_else(
    village: Village, hostility: Hostility
) -> None:
    hostility.tamper(0.25, 60 * SECOND)
    bits = Counter(turned(b"payload", one[0][1]) for one in sent(village, PIECE))
    assert set(bits) == {0, 1} and 60 < bits[1] < 140
    for topic in ("loa/1/x/trust", PIECE.removesuffix("3") + "m"):
        assert sent(village, topic, times=50) == [[(0, b"payload")]] * 50
    assert sent(village, PIECE, b"", times=50) == [[(0, b"")]] * 50
    hostility.peace()
    assert sent(village, PIECE, times=50) == [[(0, b"payload")]] * 50


def state(village: Village) -> list[tuple[object, ...]]:
    """What a speaker believes: keys, areas, and whether it knows the time to 50 ms."""
    told = []
    for pole in village.poles:
        assert pole.speaker is not None
        wrong = (pole.speaker.clock.utc(pole.mono()) or 0) - village.time.now
        told.append((pole.speaker.trust_seq, pole.speaker.areas, abs(wrong) < 50_000))
    return told


def said_before(village: Village, said: str) -> list[Accepted]:
    """An order that waits, and an alert that sounds where one is to be cancelled."""
    told = [village.broadcast(seconds=4, start_at=village.time.now + 100 * SECOND, max_late_ms=60_000)]
    told += [village.alert(minutes=1.4, repeats=2)] if said == "cancel" else []
    village.run(3)
    return told


@pytest.mark.parametrize("said", FORGED)
def test_what_nobody_in_the_office_said_changes_nothing(village: Village, said: str) -> None:
    told = said_before(village, said)
    hostility, before = Hostility(village), state(village)
    for number, kind in enumerate(FORGERIES):
        heard = village.broker.carried
        hostility.forge(said, kind, number, runtime.dice(number))
        if said == "time":
            village.poles[number % 2].fade(0)
            village.run(5)
        assert village.broker.carried > heard
        village.run(1)
    village.run(150)
    assert state(village) == before
    for order in told:
        assert set(village.states(order.occurrence).values()) == {"played"}
    assert {line["order"] for pole in village.poles for line in village.sounds_of(pole)} == {one.order for one in told}
    assert village.judged().verdict == "clean"


@pytest.mark.parametrize("said", FORGED)
def test_well_signed_each_would_have_been_believed(village: Village, said: str) -> None:
    """So each is said where a speaker would take it."""
    told = said_before(village, said)
    hostility, before = Hostility(village), state(village)
    hostility.forge(said, "true", 0, runtime.dice(1))
    if said == "time":
        village.poles[0].fade(0)  # a new connection asks
    village.run(8)
    changed = state(village) != before
    village.run(150)
    strange = {line["order"] for pole in village.poles for line in village.sounds_of(pole)} - {o.order for o in told}
    ends = {end for order in told for end in village.states(order.occurrence).values()}
    assert (changed, bool(strange), "cancelled" in ends) == (
        said in {"config", "trust", "time"}, said in {"play", "alert", "plan"}, said in {"stop", "cancel"}
    )  # fmt: skip


@pytest.mark.parametrize("said", ["play", "alert", "plan", "stop", "cancel"])
def test_a_forger_without_a_store_or_an_order_forges_nothing(village: Village, said: str) -> None:
    hostility = Hostility(village)
    village.broker_dies()
    village.broker.published.clear()
    carried = village.broker.carried
    hostility.forge(said, "stranger", 0, runtime.dice(1))
    assert village.broker.carried == carried


def test_what_was_said_downwards_is_replayed_and_sounds_no_second_time(village: Village) -> None:
    hostility = Hostility(village)
    village.broadcast(seconds=2)
    village.run(20)
    once = [len(village.sounds_of(pole)) for pole in village.poles]
    said, down = village.broker.carried, {payload for topic, payload in village.broker.published if "/up/" not in topic}
    hostility.replay(30, runtime.dice(2))
    again = [payload for _, payload in village.broker.published][said:]
    assert len(again) == 30 and set(again) <= down
    village.run(30)
    assert once == [len(village.sounds_of(pole)) for pole in village.poles] == [1, 1]
    assert village.judged().verdict == "clean"


def test_the_store_is_rolled_back_to_what_was_remembered(village: Village) -> None:
    hostility, trust = Hostility(village), village.topics.trust
    old = village.broker.retained[trust]
    hostility.remember()
    village.broker.publish(trust, b"newer", retain=True)
    kept = {topic for topic in village.broker.retained if "/up/" in topic}
    before = {topic: village.broker.retained[topic] for topic in kept}
    hostility.roll_back()
    assert village.broker.retained[trust] == old
    assert {topic: village.broker.retained[topic] for topic in kept} == before, "speakers' words are not its own"


def test_the_same_seed_is_hostile_in_the_same_way(tmp_path: Path) -> None:
    ways = []
    for name in ("one", "two"):
        village = Village(tmp_path / name, speakers=2)
        Hostility(village).disorder(0.5, SECOND, SECOND)
        ways.append(sent(village, PIECE, times=50))
    assert ways[0] == ways[1]
