"""What a rehearsal measured."""

from pathlib import Path

from firmware_sim.village.deeds.stage import Stage
from firmware_sim.village.figures import figures
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


def test_an_alert_is_timed_from_its_call_to_each_first_sound(village: Village) -> None:
    stage = Stage(village, Hostility(village))
    village.alert()
    village.run(60)
    told = figures(village, stage)
    assert 0.3 < told.alert_s["p50"] <= told.alert_s["p99"] < 2 and told.skew_ms == {"pairs": 0}
