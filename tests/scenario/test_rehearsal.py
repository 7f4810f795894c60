"""Seeds of some hours in a village that everything befalls: the judge finds nothing, and finds every planted bug."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from devices.protocol.units import SECOND
from firmware_sim import runtime
from firmware_sim.village.faults.catalogue import PROGRAMMES
from firmware_sim.village.planted import BUGS
from firmware_sim.village.rehearsal import Wish, rehearse
from firmware_sim.village.report import again

HOURS = 2 / 24
SEEDS, MORE, ALL = 100, 200, 2_000
HOSTILE = 500
FOUND_WITHIN = 50


def seeds() -> list[object]:
    """The first hundred always, three hundred by `make test-full`; the longer counts where they are asked for."""
    often = [pytest.param(seed, id=str(seed), marks=pytest.mark.hundred) for seed in range(SEEDS)]
    full = [pytest.param(seed, id=str(seed), marks=pytest.mark.full) for seed in range(SEEDS, SEEDS + MORE)]
    rehearsed = range(SEEDS + MORE, ALL)
    return [*often, *full, *(pytest.param(seed, id=str(seed), marks=pytest.mark.rehearse) for seed in rehearsed)]


def drawn(seed: int) -> Wish:
    """One to four programmes at once, in every fourth story with changes of keys, on 20 speakers (a few seeds: 50),
    for two hours or one."""
    dice = runtime.dice(f"programmes/{seed}")
    names = dice.sample(sorted(PROGRAMMES.keys() - {"keys"}), dice.randint(1, 4))
    names += ["keys"] if seed % 4 == 3 else []
    hours = HOURS / 2 if SEEDS <= seed < SEEDS + MORE else HOURS
    return Wish(seed, hours, 50 if seed % 25 == 1 else 20, tuple(names))


@pytest.mark.parametrize("seed", seeds())
def test_nothing_is_lost_doubled_or_false(seed: int, tmp_path: Path) -> None:
    wish = drawn(seed)
    outcome = rehearse(wish, tmp_path)
    assert outcome.clean, f"{again(wish)}\n{outcome.verdict.as_json()}"


def hostile_seeds() -> list[object]:
    """Some by `make test-full`; the first hundred seeds meet a hostile broker often enough."""
    return [
        pytest.param(seed, id=str(seed), marks=pytest.mark.full if seed < 10 else pytest.mark.rehearse)
        for seed in range(HOSTILE)
    ]


@pytest.mark.parametrize("seed", hostile_seeds())
def test_a_hostile_broker_makes_nothing_sound_without_a_signature_of_the_right_role(seed: int, tmp_path: Path) -> None:
    """A forged order would sound with no accepted order behind it: the judge's set `unexpected`."""
    other = runtime.dice(f"beside hostile/{seed}").choice(["", "kill", "reconnect", "tamper", "clock", "wipe"])
    wish = Wish(seed, HOURS / 2, 20, ("hostile", *([other] if other else [])))
    outcome = rehearse(wish, tmp_path)
    assert outcome.clean, f"{again(wish)}\n{outcome.verdict.as_json()}"
    assert outcome.figures.deliveries["played"] > 0


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_found_in_its_own_set(name: str, tmp_path: Path) -> None:
    for seed in range(FOUND_WITHIN):
        outcome = rehearse(Wish(seed, HOURS, 20, BUGS[name].faults, name), tmp_path / str(seed))
        if outcome.verdict.counts[name]:
            return
    pytest.fail(f"{name} was not found by {FOUND_WITHIN} seeds")


def test_a_loose_plug_alone_is_no_bug(tmp_path: Path) -> None:
    """What uncovers the forgetful speaker does no harm to one that remembers."""
    outcome = rehearse(Wish(3, HOURS, 20, plant="loose_plug"), tmp_path)
    assert outcome.clean and outcome.figures.deliveries["played"] > 0


@pytest.mark.full
def test_a_mobile_village_hears_a_week_on_time(tmp_path: Path) -> None:
    """Small, but as long as a week is."""
    outcome = rehearse(Wish(1, 7, 12, ("storm",)), tmp_path)
    assert outcome.clean
    assert outcome.figures.orders > 30


@pytest.mark.rehearse
def test_a_month_with_tet_goes_by_the_calendar(tmp_path: Path) -> None:
    """From 20 January 2027; Tết is 6 February. Storms included."""
    begin = int(datetime(2027, 1, 20, tzinfo=UTC).timestamp()) * SECOND
    outcome = rehearse(Wish(1, 30, 8, ("storm",), begin=begin), tmp_path)
    assert outcome.clean, outcome.verdict.as_json()
    assert outcome.figures.deliveries["played"] > 200
    assert outcome.figures.deliveries.keys() <= {"played", "expired", "cancelled", "have", "failed", "refused"}
