"""The straight path, and the ways off it: what the office orders is heard, or it is known why not."""

import itertools

from devices.protocol.units import SECOND
from firmware_sim.village.village import Village


def all_states(village: Village, occurrence: str) -> set[str]:
    return set(village.states(occurrence).values())


def clean(village: Village) -> None:
    verdict = village.judged()
    assert verdict.verdict == "clean", verdict.as_json()


def test_everybody_starts_together(village: Village) -> None:
    order = village.broadcast()
    village.run(30)
    assert all_states(village, order.occurrence) == {"played"}
    starts = [int(str(line["true"])) for pole in village.poles for line in village.sounds_of(pole)]
    assert max(starts) - min(starts) < 10_000 and abs(min(starts) - order.start_at) < 10_000
    clean(village)


def test_to_one_commune_is_silence_in_the_other(village: Village) -> None:
    order = village.broadcast(areas=[village.communes[0]])
    village.run(30)
    assert [len(village.sounds_of(pole)) for pole in village.poles] == [1, 0, 1, 0, 1, 0]
    assert len(village.states(order.occurrence)) == 3
    clean(village)


def test_repeats_keep_their_gap(village: Village) -> None:
    village.broadcast(seconds=3, repeats=3, gap_ms=2_000)
    village.run(40)
    lines = village.sounds_of(village.poles[0])
    starts = [int(str(line["true"])) for line in lines]
    assert [line["repeat"] for line in lines] == [0, 1, 2]
    assert all(abs(later - earlier - 5 * SECOND) < 1_000 for earlier, later in itertools.pairwise(starts))
    clean(village)


def test_a_speaker_that_was_away_plays_before_the_expiry(village: Village) -> None:
    away = village.poles[0]
    away.lose_network()
    order = village.broadcast(max_late_ms=120_000)
    village.run(60)
    assert village.states(order.occurrence)[away.identity.device] == "ordered"
    away.find_network()
    village.run(30)
    assert all_states(village, order.occurrence) == {"played"}
    clean(village)


def test_a_speaker_that_comes_back_too_late_says_expired(village: Village) -> None:
    away = village.poles[0]
    away.lose_network()
    order = village.broadcast(max_late_ms=60_000)
    village.run(200)
    assert village.states(order.occurrence)[away.identity.device] == "unreachable"
    away.find_network()
    village.run(60)
    states = village.states(order.occurrence)
    assert states.pop(away.identity.device) == "expired" and set(states.values()) == {"played"}
    assert not village.sounds_of(away)
    clean(village)


def test_an_order_for_tomorrow_sounds_without_a_network(village: Village) -> None:
    order = village.broadcast(start_at=village.time.now + 900 * SECOND, max_late_ms=60_000)
    village.run(800)
    assert all_states(village, order.occurrence) == {"have"}
    for pole in village.poles:
        pole.lose_network()
    village.run(150)
    assert all(len(village.sounds_of(pole)) == 1 for pole in village.poles)
    for pole in village.poles:
        pole.find_network()
    village.run(60)
    assert all_states(village, order.occurrence) == {"played"}
    clean(village)


def test_a_stop_silences_at_once_and_each_speaker_signs(village: Village) -> None:
    order = village.broadcast(seconds=30)
    village.run(8)
    village.stop(order)
    village.run(20)
    assert all_states(village, order.occurrence) == {"cancelled"}
    clean(village)


def test_a_stop_before_the_start_is_silence(village: Village) -> None:
    order = village.broadcast(start_at=village.time.now + 600 * SECOND)
    village.run(30)
    village.stop(order)
    village.run(700)
    assert all_states(village, order.occurrence) == {"cancelled"}
    assert not any(village.sounds_of(pole) for pole in village.poles)
    clean(village)


def test_a_stop_reaches_who_was_away_and_never_knew_the_order(village: Village) -> None:
    away = village.poles[0]
    away.lose_network()
    order = village.broadcast(max_late_ms=300_000)
    village.run(8)
    village.stop(order, reachable=frozenset(order.targets - {away.identity.device}))
    village.run(60)
    away.find_network()
    village.run(60)
    assert village.states(order.occurrence)[away.identity.device] == "cancelled"
    assert not village.sounds_of(away)
    clean(village)


def test_a_power_cut_in_the_middle_is_resumed_in_step_or_reported(village: Village) -> None:
    order = village.broadcast(seconds=40)
    village.run(15)
    victim = village.poles[0]
    victim.power_cut()
    village.run(5)
    victim.power_up()
    village.run(60)
    row = next(row for row in village.rows(order.occurrence) if row.device_id == victim.identity.device)
    assert (row.state, row.reason) == ("failed", "power_cut")
    assert 0 < row.heard_ms < 38_000
    clean(village)


def test_an_alert_takes_the_air_within_two_seconds_and_gives_it_back(village: Village) -> None:
    order = village.broadcast(seconds=60)
    village.run(10)
    asked = village.time.now
    alert = village.alert(minutes=5)
    village.run(120)
    assert all_states(village, alert.occurrence) == {"played"}
    for pole in village.poles:
        lines = village.sounds_of(pole)
        tone = next(line for line in lines if line["part"] == "tone")
        assert int(str(tone["true"])) - asked < 2 * SECOND
        assert [line["part"] for line in lines if line["order"] == alert.order] == ["tone", "speech"] * 2
        resumed = [line for line in lines if line["order"] == order.order]
        assert len(resumed) == 2 and resumed[1]["resumed"]
    clean(village)


def test_an_alert_without_speech_still_warns(village: Village) -> None:
    alert = village.alert(minutes=2, speech_after=None, repeats=1)
    village.run(200)
    assert all_states(village, alert.occurrence) == {"failed"}
    assert {row.reason for row in village.rows(alert.occurrence)} == {"speech_missing"}
    assert all(len(village.sounds_of(pole)) == 1 for pole in village.poles)
    clean(village)


def test_a_cancelled_alert_is_silence_everywhere(village: Village) -> None:
    alert = village.alert(minutes=5, repeats=5)
    village.run(6)
    village.cancel(alert)
    village.run(60)
    assert all_states(village, alert.occurrence) == {"cancelled"}
    clean(village)


def test_a_broker_killed_in_the_middle_and_back_empty_loses_nothing(village: Village) -> None:
    early = village.broadcast(seconds=20)
    later = village.broadcast(seconds=5, start_at=village.time.now + 90 * SECOND)
    village.run(0.3)
    village.lose_broker(seconds=5)
    assert village.broker.retained
    village.run(200)
    assert all_states(village, later.occurrence) == {"played"}
    assert all_states(village, early.occurrence) <= {"played", "failed"}
    clean(village)


def test_who_was_away_plays_only_what_still_holds(village: Village) -> None:
    away = village.poles[0]
    away.lose_network()
    old = village.broadcast(max_late_ms=60_000)
    village.run(300)
    fresh = village.broadcast(start_at=village.time.now + 600 * SECOND)
    village.run(300)
    away.find_network()
    village.run(500)
    assert village.states(old.occurrence)[away.identity.device] == "expired"
    assert all_states(village, fresh.occurrence) == {"played"}
    clean(village)
