"""Controller, broker, power and network die at the worst moments; the judge finds nothing."""

import random

import pytest

from devices.protocol.units import SECOND
from firmware_sim.village.desk import Killed
from firmware_sim.village.village import Village


def clean(village: Village) -> None:
    verdict = village.judged()
    assert verdict.verdict == "clean", verdict.as_json()


def kill_at(village: Village, counted: int, when: str) -> list[str]:
    """Kill the controller at the n-th publish, before it leaves or after; the topics seen until then."""
    seen: list[str] = []

    def count(topic: str) -> None:
        seen.append(topic)
        if len(seen) == counted:
            raise Killed

    setattr(village.desk, f"{when}_publish", count)
    return seen


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("counted", [1, 2, pytest.param(3, marks=pytest.mark.full), 4])
def test_killed_between_commit_publish_and_mark(village: Village, when: str, counted: int) -> None:
    """The first publishes of an order are manifest, chunks and the order itself."""
    seen = kill_at(village, counted, when)
    order = village.broadcast(seconds=4, max_late_ms=120_000)
    village.run(60)
    assert len(seen) > counted, "it died and lived again"
    assert set(village.states(order.occurrence).values()) == {"played"}
    clean(village)


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_while_an_alert_leaves(village: Village, when: str) -> None:
    kill_at(village, 1, when)
    alert = village.alert(minutes=2)
    village.run(60)
    assert set(village.states(alert.occurrence).values()) == {"played"}
    clean(village)


def test_a_controller_with_nothing_to_do_sleeps(village: Village) -> None:
    """Also when a speaker was silent while nobody listened, and when an order's whole time passed without a broker."""
    village.broker_dies()
    village.broadcast(seconds=4, max_late_ms=0)
    village.poles[0].power_cut()
    village.run(200)
    village.broker_returns()
    before = village.desk.rings
    village.run(140)
    assert village.desk.rings - before < 20
    village.run(600)
    clean(village)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(1, 9))])
def test_a_day_of_faults(village: Village, seed: int) -> None:
    """Every few seconds something dies; in the end all is known and nothing false was heard."""
    chance = random.Random(seed)
    for _ in range(12):
        fault(village, chance)
        act(village, chance)
        village.run(chance.uniform(1, 25))
    for pole in village.poles:
        if pole.speaker is None:
            pole.power_up()
        pole.find_network()
    village.run(1_500)
    for accepted in village.accepted:
        assert set(village.states(accepted.occurrence).values()) <= {"played", "failed", "expired", "cancelled"}
    clean(village)


def fault(village: Village, chance: random.Random) -> None:
    pole = chance.choice(village.poles)
    kind = chance.choice(["kill", "wipe", "power", "network", "none", "return"])
    if kind == "kill":
        counted = chance.randrange(1, 20)
        kill_at(village, counted, chance.choice(["before", "after"]))
    elif kind == "wipe":
        village.lose_broker(chance.uniform(0.5, 6))
    elif kind == "power" and pole.speaker is not None:
        pole.power_cut()
        village.time.after(chance.randrange(30 * SECOND), lambda: None if pole.speaker else pole.power_up())
    elif kind == "network":
        pole.lose_network()
    elif kind == "return":
        for other in village.poles:
            other.find_network()


def act(village: Village, chance: random.Random) -> None:
    kind = chance.choice(["order", "order", "ahead", "stop", "alert", "cancel", "wait"])
    running = [order for order in village.accepted if order.kind == "broadcast" and order.cancelled_at is None]
    alerts = [order for order in village.accepted if order.kind == "alert" and order.cancelled_at is None]
    if kind == "order":
        late = chance.choice([0, 10_000, 300_000])
        village.broadcast(chance.uniform(1, 12), max_late_ms=late, repeats=chance.randint(1, 2))
    elif kind == "ahead":
        village.broadcast(3, start_at=village.time.now + chance.randrange(5, 200) * SECOND)
    elif kind == "stop" and running:
        village.stop(chance.choice(running), reachable=frozenset())
    elif kind == "alert":
        village.alert(minutes=chance.uniform(0.5, 5), speech_after=chance.choice([0.5, 3, None]))
    elif kind == "cancel" and alerts:
        village.cancel(chance.choice(alerts), reachable=frozenset())
