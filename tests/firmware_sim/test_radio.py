"""The mobile link gives the round trips that its model states, sleeps, queues, and refuses a bad file."""

import random
from collections.abc import Callable
from pathlib import Path
from statistics import mean

import pytest

from devices.protocol.units import MILLI, SECOND
from firmware_sim.errors import BadRadioModel
from firmware_sim.radio.model import OWN, RadioModel
from firmware_sim.radio.radio import Radio
from firmware_sim.radio.skew import bench_sync

MODEL = RadioModel.read()
KB = 1024


def round_trips(congested: bool = False, operator: int = 0) -> Callable[[float], float]:
    """Percentile to ms, of many speakers whose radios never sleep."""
    chance = random.Random(4)
    found = []
    for _ in range(600):
        radio = Radio(MODEL, chance, congested=congested, operator=operator)
        radio.up(0)
        for now in range(9 * SECOND, 900 * SECOND, 9 * SECOND):
            up = radio.up(now)
            found.append((up + radio.down(now + up)) / MILLI)
    found.sort()
    return lambda percent: found[int(len(found) * percent / 100)]


def test_round_trips_are_those_of_the_model() -> None:
    at = round_trips()
    assert [at(1), at(50), at(90)] == pytest.approx([35, 52, 80], rel=0.03)
    assert at(99) == pytest.approx(178, rel=0.08)
    assert at(99.9) == pytest.approx(720, rel=0.35)


def test_a_crowded_cell_doubles_them() -> None:
    at, crowded = round_trips(), round_trips(congested=True)
    assert crowded(1) > 1.9 * at(1) and crowded(50) > 1.9 * at(50) and crowded(99) > 1.9 * at(99)


def asymmetry(operator: int, seeds: int = 300) -> float:
    """Standard deviation over speakers of the way up, at its shortest, less that of the way down, ms."""
    still = MODEL.model_copy(update={"air": MODEL.air.model_copy(update={"scheduling_ms": (0.0,)})})
    gaps = []
    for seed in range(seeds):
        radio = Radio(still, random.Random(seed), operator=operator)
        radio.up(0)
        ups, downs = zip(*((radio.up(now * SECOND), radio.down(now * SECOND)) for now in range(1, 60)), strict=True)
        gaps.append((min(ups) - min(downs)) / MILLI)
    middle = mean(gaps)
    return float(mean((gap - middle) ** 2 for gap in gaps) ** 0.5)


def test_several_operators_differ_more() -> None:
    assert asymmetry(0) == pytest.approx(2**0.5, rel=0.2)
    assert asymmetry(1) == pytest.approx(45**0.5, rel=0.2)


def test_a_radio_that_slept_is_woken_by_the_first_uplink_only() -> None:
    for seed in range(50):
        radio = Radio(MODEL, random.Random(seed))
        assert radio.up(0) >= (80 + 12) * MILLI
    slow = [Radio(MODEL, random.Random(seed)) for seed in range(200)]
    for radio in slow:
        radio.up(0)
    awake = sorted(radio.up(9 * SECOND) for radio in slow)
    asleep = sorted(radio.up(25 * SECOND) for radio in slow)
    assert awake[100] < 45 * MILLI and asleep[100] > 150 * MILLI


def test_a_message_for_a_sleeping_speaker_waits_for_paging() -> None:
    waits = [Radio(MODEL, random.Random(seed)).down(0) / MILLI for seed in range(2_000)]
    assert mean(waits) == pytest.approx(640 + 12 + 3 * 1.65 + 2.8 + 0.8, rel=0.05)


def test_messages_of_one_direction_do_not_overtake_each_other() -> None:
    radio, chance = Radio(MODEL, random.Random(1)), random.Random(2)
    now = arrived = 0
    for _ in range(5_000):
        now += chance.randrange(20 * MILLI)
        assert now + radio.up(now) >= arrived
        arrived = now + radio.up(now)


def test_large_messages_take_the_time_of_their_bytes_and_queue() -> None:
    rates = []
    for seed in range(400):
        radio = Radio(MODEL, random.Random(seed))
        radio.up(0)
        radio.down(SECOND, 256 * KB)
        rates.append(257 * KB * 8 / (radio.down(SECOND, KB) - 20 * MILLI))
    assert sorted(rates)[200] == pytest.approx(4, rel=0.15)


def test_cuts_and_outages_have_their_means() -> None:
    radio = Radio(MODEL, random.Random(5))
    assert mean(radio.next_cut() for _ in range(4_000)) == pytest.approx(600 * SECOND, rel=0.06)
    assert mean(radio.outage() for _ in range(4_000)) == pytest.approx(20 * SECOND, rel=0.06)


def test_the_same_seed_gives_the_same_delays() -> None:
    one, other = (Radio(MODEL, random.Random(7)) for _ in range(2))
    assert [one.up(now) for now in range(0, 10**8, 10**6)] == [other.up(now) for now in range(0, 10**8, 10**6)]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("base_ms = 20.0", "base_ms = -1", "uplink.base_ms"),
        ("base_ms = 20.0", "bass_ms = 20.0", "uplink.base_ms"),
        ("tail_share = 0.02 ", "tail_share = 2 ", "air.tail_share"),
        ("[5.0, 10.0, 20.0, 40.0]", "[]", "air.scheduling_ms"),
        ("[80.0, 250.0]", "[250.0, 80.0]", "idle.promotion_ms"),
        ("tail_alpha = 1.3", "tail_alpha = nan", "air.tail_alpha"),
        ("tail_alpha = 1.3", "tail_alpha = ", ""),
        ("tail_alpha = 1.3", "tail_alpha = 0.001", "air.tail_alpha"),
        ("excess_sigma = 1.0", "excess_sigma = 2000", "air.excess_sigma"),
        ("\nsigma = 1.0", "\nsigma = 2000", "throughput.sigma"),
        ("base_ms = 20.0", "base_ms = 1e6", "uplink.base_ms"),
        ("excess_factor = 3.0", "excess_factor = inf", "congested.excess_factor"),
        ("mean_between_s = 600.0", "mean_between_s = 1e-9", "cuts.mean_between_s"),
        ("drift_ppm = 50.0", "drift_ppm = 1e6", "clock.drift_ppm"),
    ],
)
def test_a_bad_file_is_refused_with_its_field(tmp_path: Path, old: str, new: str, field: str) -> None:
    file = tmp_path / "model.toml"
    text = OWN.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(BadRadioModel) as caught:
        RadioModel.read(file)
    assert caught.value.data["field"] == field and caught.value.data["file"] == str(file)


EXTREMES = (
    ("base_ms = 20.0", "base_ms = 6e4"), ("excess_sigma = 1.0", "excess_sigma = 5"),
    ("tail_alpha = 1.3", "tail_alpha = 0.2"), ("\nsigma = 1.0", "\nsigma = 5"),
    ("drift_ppm = 50.0", "drift_ppm = 1000"), ("median_mbit_s = 4.0", "median_mbit_s = 0.001"),
    ("base_factor = 2.0", "base_factor = 100"),
)  # fmt: skip


@pytest.mark.parametrize("which", [*((one,) for one in EXTREMES), EXTREMES], ids=str)
def test_the_worst_that_a_file_may_say_comes_to_an_end(tmp_path: Path, which: tuple[tuple[str, str], ...]) -> None:
    file, text = tmp_path / "model.toml", OWN.read_text("utf-8")
    for old, new in which:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, "utf-8")
    cases = {"same_operator", "cold_start_congested", "end_of_10min_bulletin"}
    assert bench_sync(RadioModel.read(file), 2, 1, cases).keys() == cases


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRadioModel):
        RadioModel.read(tmp_path / "none.toml")
