"""What a rehearsal measured."""

from pathlib import Path

import pytest

from firmware_sim.runtime import dice
from firmware_sim.village.deeds.stage import Stage
from firmware_sim.village.figures import figures
from firmware_sim.village.happenings import Happening
from firmware_sim.village.hostility import Hostility
from firmware_sim.village.village import Village


def test_skew_is_between_speakers_that_sound_together_and_not_with_one_that_plays_alone_later(tmp_path: Path) -> None:
    village = Village(tmp_path / "village", speakers=4).settle()
    stage = Stage(village, Hostility(village))
    village.poles[0].lose_network()
    order = village.broadcast(seconds=4, max_late_ms=600_000, repeats=2)
    village.run(60)
    village.poles[0].find_network()
    village.run(60)
    assert set(village.states(order.occurrence).values()) == {"played"}
    told = figures(village, stage)
    assert told.skew_ms["pairs"] == 1, "of its commune two, of the other one alone"
    assert told.skew_ms["p99"] < 20
    assert [round(days * 86_400) for days, _ in told.skews] == [23], "20 s to settle, 3 s of lead"
    assert (told.orders, told.deliveries, told.deaths) == (1, {"played": 4}, 0)


@pytest.fixture
def stage(village: Village) -> Stage:
    return Stage(village, Hostility(village))


def call(stage: Stage, minutes: float = 10.0) -> None:
    stage.play(Happening(0, "alert", (1, minutes, 1.5, "all", 0, 2)), dice(1))


def test_an_alert_is_timed_from_its_call_to_each_first_sound(stage: Stage) -> None:
    call(stage)
    stage.village.run(60)
    told = figures(stage.village, stage)
    assert 0.3 < told.alert_s["p50"] <= told.alert_s["p99"] < 2 and told.skew_ms == {"pairs": 0}
    assert (told.alert_s["heard"], told.alert_s["left_out"]) == (2, 0)


def test_who_was_away_at_the_call_is_left_out_and_counted(stage: Stage) -> None:
    pole = stage.village.poles[1]
    pole.lose_network()
    call(stage)
    stage.village.run(5)
    pole.find_network()
    stage.village.run(60)
    assert stage.village.sounds_of(pole), "late, but it sounds"
    told = figures(stage.village, stage).alert_s
    assert told["p99"] < 2 and (told["heard"], told["left_out"]) == (1, 1)


def test_a_delay_of_minutes_at_one_that_could_hear_counts(stage: Stage) -> None:
    """Its link breaks at the moment of the call: nobody could know."""
    pole = stage.village.poles[1]
    call(stage)
    pole.lose_network()
    stage.village.run(120)
    pole.find_network()
    stage.village.run(60)
    told = figures(stage.village, stage).alert_s
    assert told["p99"] > 100 and (told["heard"], told["left_out"]) == (2, 0)


def test_who_could_hear_and_never_sounded_is_left_out_and_counted(stage: Stage) -> None:
    call(stage, minutes=0.5)
    stage.village.poles[1].lose_network()
    stage.village.run(120)
    told = figures(stage.village, stage).alert_s
    assert told["p99"] < 2 and (told["heard"], told["left_out"]) == (1, 1)
