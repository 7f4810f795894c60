"""What single deeds do to a village, and what mends it."""

import pytest

from devices.protocol.units import MINUTE, SECOND
from firmware_sim import runtime
from firmware_sim.village.deeds.catalogue import heal
from firmware_sim.village.deeds.stage import Stage
from firmware_sim.village.figures import figures
from firmware_sim.village.happenings import Happening, Value
from firmware_sim.village.hostility import Hostility
from firmware_sim.village.village import Village


@pytest.fixture
def stage(village: Village) -> Stage:
    return Stage(village, Hostility(village))


def play(stage: Stage, deed: str, *of: Value) -> None:
    stage.play(Happening(stage.village.time.now - stage.village.begin, deed, of), runtime.dice(1))


def with_a_second_controller_at_work(stage: Stage) -> None:
    """The first one is away for good."""
    play(stage, "rival")
    stage.village.run(10)
    stage.village.desk.kill(10 * MINUTE)
    stage.village.run(200)
    assert [desk.works for desk in stage.village.desks] == [False, True]


def test_the_deaths_of_both_controllers_are_counted(stage: Stage) -> None:
    with_a_second_controller_at_work(stage)
    play(stage, "rival")
    assert [desk.deaths for desk in stage.village.desks] == [1, 1]
    assert figures(stage.village, stage).deaths == 2


@pytest.mark.parametrize("when", ["before", "after"])
def test_whichever_controller_works_dies_at_its_fail_point_and_the_order_is_heard(stage: Stage, when: str) -> None:
    with_a_second_controller_at_work(stage)
    play(stage, "kill", 1, when)
    order = stage.village.broadcast(seconds=2, max_late_ms=600_000)
    stage.village.run(60)
    assert stage.village.desks[1].deaths == 1, "once: a fail point is passed unharmed after it"
    stage.village.run(10 * 60)
    assert set(stage.village.states(order.occurrence).values()) == {"played"}
    assert stage.village.judged().verdict == "clean"


def test_healing_disarms_both_controllers(stage: Stage) -> None:
    with_a_second_controller_at_work(stage)
    for when in ("before", "after"):
        play(stage, "kill", 1, when)
    heal(stage)
    stage.village.broadcast(seconds=2, max_late_ms=600_000)
    stage.village.run(60)
    assert sum(desk.deaths for desk in stage.village.desks) == 1


def test_healing_ends_a_silence(stage: Stage) -> None:
    pole, other = stage.village.poles
    play(stage, "silent", (0, 1), 20 * MINUTE)
    stage.village.run(30)
    assert not pole.hears and not other.hears
    stage.village.run(60)
    assert not pole.client.up, "given up by both sides"
    play(stage, "silent", (1,), 20 * MINUTE)
    heal(stage)
    stage.village.run(10)
    assert pole.hears and other.hears
    order = stage.village.broadcast(seconds=2)
    stage.village.time.run_until(order.start_at + 10 * SECOND)
    assert set(stage.village.states(order.occurrence).values()) == {"played"}


def test_a_programme_for_a_commune_without_hamlets_is_refused_once_that_is_no_more(stage: Stage) -> None:
    """As seed 963 told it: its only hamlet went over to the other commune, then the two became one."""
    play(stage, "handed_over", 0)
    for number, place in enumerate((0, 1)):
        play(stage, "programme", number, 2.0, 440.0, "daily", (30,), "commune", place, 600_000)
    play(stage, "merged", "new")
    for number in (0, 1):
        play(stage, "retold", number, 3.0, 500.0)
    assert stage.refused == 1
