"""Communes become one while things go on: heard by whom they were for, once, and by nobody else."""

from pathlib import Path

import pytest
from sqlmodel import select

from devices.models import Device
from devices.registry import unsettled
from firmware_sim.village.pole import Pole
from firmware_sim.village.rehearsal import Wish, rehearse
from firmware_sim.village.village import Village


def village_of(folder: Path) -> Village:
    return Village(folder / "village", speakers=6).settle()


def sounded(village: Village, order: str) -> set[str]:
    return {
        pole.identity.device for pole in village.poles for line in village.sounds_of(pole) if line["order"] == order
    }


def away(village: Village) -> Pole:
    """One speaker of the first commune that misses it all."""
    pole = next(one for one in village.poles if one.identity.device in village.members[village.communes[0]])
    pole.lose_network()
    return pole


@pytest.mark.parametrize("into_first", [False, True])
def test_an_alert_in_force_stays_with_those_it_was_raised_for(tmp_path: Path, into_first: bool) -> None:
    village = village_of(tmp_path)
    commune = village.communes[0]
    meant, lost = village.members[commune], away(village)
    alert = village.alert(minutes=10, areas=[commune])
    village.run(20)
    village.units.merge(into_first=into_first)
    village.run(60)
    assert sounded(village, alert.order) == meant - {lost.identity.device}
    lost.find_network()
    village.run(60)
    assert sounded(village, alert.order) == meant
    village.run(700)
    assert village.judged().verdict == "clean", village.judged()
    village.close()


def test_a_live_bulletin_goes_on_and_a_new_order_reaches_everybody(tmp_path: Path) -> None:
    village = village_of(tmp_path)
    commune = village.communes[0]
    meant, lost = village.members[commune], away(village)
    live = village.broadcast(20, areas=[commune])
    village.run(8)
    new = village.units.merge()
    village.run(0.1)
    order = village.broadcast(4, areas=[new], max_late_ms=600_000)
    village.run(60)
    lost.find_network()
    village.run(700)
    assert sounded(village, live.order) == meant, "the one that was away joins at the clock's position, or says so"
    assert (
        sounded(village, order.order) == village.members[new] == frozenset(one.identity.device for one in village.poles)
    )
    assert village.judged().verdict == "clean", village.judged()
    assert not village.incidents("wrong_place")
    village.close()


def test_everybody_says_that_it_knows(tmp_path: Path) -> None:
    village = village_of(tmp_path)
    village.units.merge()
    village.run(30)
    with village.office.database.read() as session:
        assert not session.exec(unsettled()).all()
        assert all(row.reported_config_seq == row.config_seq for row in session.exec(select(Device)))
    village.close()


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.full)])
def test_an_hour_in_which_it_happens(tmp_path: Path, seed: int) -> None:
    outcome = rehearse(Wish(seed, 0.04, 8, ("merge",)), tmp_path)
    assert outcome.clean, outcome.verdict


@pytest.mark.rehearse
@pytest.mark.parametrize("seed", range(3, 63))
def test_a_morning_in_which_it_happens(tmp_path: Path, seed: int) -> None:
    faults = ("merge", *(("kill",), ("silence", "reconnect"), ("hostile",), ("storm", "wipe"))[seed % 4])
    outcome = rehearse(Wish(seed, 0.1, 20, faults), tmp_path)
    assert outcome.clean, outcome.verdict
