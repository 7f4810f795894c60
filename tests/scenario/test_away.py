"""Who was away for long, or heard everything twice and in the wrong order, plays what is still to be played, once."""

from pathlib import Path

import pytest

from devices.protocol.units import DAY, MINUTE, SECOND
from firmware_sim.settings import SpeakerSettings
from firmware_sim.village.hostility import Hostility
from firmware_sim.village.rehearsal import Wish, rehearse
from firmware_sim.village.village import Village

HOURS = 1 / 24
THINNED = SpeakerSettings(probe_thinning=72)


def clean(village: Village) -> None:
    verdict = village.judged()
    assert verdict.verdict == "clean", verdict.as_json()


def test_after_fourteen_days_only_what_is_still_valid_sounds(tmp_path: Path) -> None:
    """Everything else is signed as expired: it is known what this speaker missed."""
    village = Village(tmp_path, speakers=4, heartbeat_s=21_600, settings=THINNED).settle()
    away = village.poles[0]
    away.lose_network()
    missed = []
    for day in range(14):
        missed.append(village.broadcast(6, max_late_ms=60_000))
        if day % 5 == 0:
            missed.append(village.alert(minutes=10))
        village.run(DAY / SECOND)
    late = village.broadcast(60, max_late_ms=10 * 60_000)
    village.run(20)
    ahead = village.broadcast(6, start_at=village.time.now + 5 * MINUTE)
    assert village.sounds_of(away) == []
    back = village.time.now
    away.find_network()
    village.run(15 * 60)
    device = away.identity.device
    assert {line["occurrence"] for line in village.sounds_of(away)} == {late.occurrence, ahead.occurrence}
    assert village.states(late.occurrence)[device] == "failed", "it joined in step: the beginning was over"
    assert village.states(ahead.occurrence)[device] == "played"
    recent = [one for one in missed if back - one.expires_at < 8 * DAY]
    assert {village.states(one.occurrence)[device] for one in recent} == {"expired"}
    older = [one for one in missed if one not in recent]
    assert {village.states(one.occurrence)[device] for one in older} == {"unreachable"}
    clean(village)


def test_a_fifth_doubled_and_a_fifth_held_back_up_to_a_minute_changes_nothing(tmp_path: Path) -> None:
    village = Village(tmp_path, speakers=6).settle()
    Hostility(village).disorder(0.2, 60 * SECOND, 40 * MINUTE)
    orders = [village.broadcast(5, start_at=village.time.now + (5 + 5 * n) * MINUTE) for n in range(4)]
    village.run(12 * 60)
    village.stop(orders[-1], reachable=frozenset())
    orders.append(village.alert(minutes=10))
    village.run(30 * 60)
    for order in orders[:3]:
        assert set(village.states(order.occurrence).values()) == {"played"}
    clean(village)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(50))
def test_cut_one_by_one_and_restored_in_another_order(seed: int, tmp_path: Path) -> None:
    outcome = rehearse(Wish(seed, HOURS, 10, ("swizzle",)), tmp_path)
    assert outcome.clean, outcome.verdict.as_json()
