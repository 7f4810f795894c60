"""Clocks that jump and boxes that break in a village: who notices, and what is still promised."""

from pathlib import Path

import pytest

from devices.protocol.units import DAY
from firmware_sim import runtime
from firmware_sim.village.deeds.catalogue import heal
from firmware_sim.village.deeds.stage import Stage
from firmware_sim.village.happenings import Happening, Value
from firmware_sim.village.hostility import Hostility
from firmware_sim.village.pole import Pole
from firmware_sim.village.village import Village


def play(stage: Stage, deed: str, *of: Value) -> None:
    stage.play(Happening(stage.village.time.now - stage.village.begin, deed, of), runtime.dice(1))


def staged(folder: Path, *makes: str, heartbeat_s: int = 60) -> Stage:
    village = Village(folder / "village", speakers=len(makes), makes=makes, heartbeat_s=heartbeat_s).settle()
    return Stage(village, Hostility(village))


def of_make(stage: Stage, make: str) -> tuple[int, Pole]:
    return next((n, pole) for n, pole in enumerate(stage.village.poles) if pole.hardware.profile.name == make)  # type: ignore[union-attr]


def knows_the_time(pole: Pole, now: int) -> bool:
    return pole.speaker is not None and abs((pole.speaker.clock.utc(pole.mono()) or 0) - now) < 50_000


def sounded(stage: Stage) -> set[str]:
    """A bulletin of 4 s, and how it ended; it breaks no promise."""
    order = stage.village.broadcast(seconds=4)
    stage.village.run(80)
    assert stage.village.judged().verdict == "clean"
    return set(stage.village.states(order.occurrence).values())


def test_a_clock_that_jumps_is_found_out_and_everything_sounds_on_time(tmp_path: Path) -> None:
    stage = staged(tmp_path, "common", "plain")
    pole, before = stage.village.poles[0], stage.village.poles[0].mono()
    play(stage, "clock_jumped", (0,), 30 * DAY)
    assert pole.mono() - before == 30 * DAY
    stage.village.run(5)
    assert knows_the_time(pole, stage.village.time.now)
    assert [one.kind for one in stage.village.incidents() if one.device_id == pole.identity.device] == ["clock_set"]
    assert sounded(stage) == {"played"}


def test_a_clock_that_nobody_could_put_right_does_not_jump(tmp_path: Path) -> None:
    stage = staged(tmp_path, "common", "plain")
    play(stage, "radio_lost", (0,))
    before = stage.village.poles[0].mono()
    play(stage, "clock_jumped", (0,), DAY)
    assert stage.village.poles[0].mono() == before


@pytest.mark.parametrize("by", [-20_000 * DAY, DAY])
def test_nobody_believes_a_wrong_clock_chip(tmp_path: Path, by: int) -> None:
    stage = staged(tmp_path, "common", "plain")
    play(stage, "chip_wrong", (0, 1), by)
    play(stage, "reboot", (0, 1))
    stage.village.run(10)
    assert all(knows_the_time(pole, stage.village.time.now) for pole in stage.village.poles)
    assert sounded(stage) == {"played"}


def test_weak_mains_switch_off_what_has_no_battery(tmp_path: Path) -> None:
    stage = staged(tmp_path, "common", "loud", "solar")
    (number, common), everybody = of_make(stage, "common"), (0, 1, 2)
    play(stage, "brown_out", everybody, 0.95)
    assert all(pole.speaker for pole in stage.village.poles), "a supply holds"
    play(stage, "brown_out", everybody, 0.7)
    assert [pole for pole in stage.village.poles if pole.speaker is None] == [common]
    play(stage, "power_back", (number,))
    assert common.speaker is not None
    stage.village.run(10)
    assert sounded(stage) == {"played"}


def test_a_flat_battery_behind_a_covered_panel_is_dark_until_somebody_comes(tmp_path: Path) -> None:
    stage = staged(tmp_path, "solar", "common", heartbeat_s=3_600)
    number, solar = of_make(stage, "solar")
    play(stage, "broken", (0, 1), "covered_panel")
    play(stage, "drained", (0, 1), 0.0)
    stage.village.run(2 * 86_400)
    assert [pole.speaker is None for pole in stage.village.poles] == [number == 0, number == 1]
    heal(stage)
    stage.village.run(20)
    assert solar.speaker is not None and solar.hears
    assert sounded(stage) == {"played"}


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("dead_horn", {"dead_horn"}),
        ("howling_horn", {"howling_horn"}),
        ("relay_stuck_off", {"amplifier_fault", "dead_horn"}),
    ],
)
def test_a_broken_box_tells_of_itself_and_breaks_no_promise(tmp_path: Path, fault: str, told: set[str]) -> None:
    stage = staged(tmp_path, "common", "common")
    play(stage, "broken", (0,), fault)
    assert sounded(stage) == {"played"}
    assert {one.kind for one in stage.village.incidents()} == told
    assert {one.device_id for one in stage.village.incidents()} == {stage.village.poles[0].identity.device}
    play(stage, "repaired", (0,))
    assert sounded(stage) == {"played"}
    assert None not in [one.closed_at for one in stage.village.incidents()]


def test_a_broken_horn_does_not_mend_a_full_flash(tmp_path: Path) -> None:
    stage = staged(tmp_path, "common", "common")
    flash = stage.village.poles[0].flash
    play(stage, "flash_full", (0,))
    full = flash.capacity
    play(stage, "broken", (0,), "dead_horn")
    assert flash.capacity == full
