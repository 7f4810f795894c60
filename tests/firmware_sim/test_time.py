"""What the speaker takes for the time, when it asks, and that without time nothing sounds."""

from math import pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.protocol.timesync import Sample
from devices.protocol.units import DAY, HOUR, MINUTE, SECOND
from firmware_sim.clock import Clock
from firmware_sim.crystal import Crystal
from firmware_sim.errors import ClockBelowFloor
from firmware_sim.settings import SpeakerSettings
from tests.firmware_sim.headquarters import T0, after, name_of
from tests.firmware_sim.street import Street

NEWS = name_of("news-1")


def sample(mono: int, utc: int, way: int = 10_000) -> Sample:
    """An exchange that ends at `mono`, when it is `utc`."""
    return Sample(mono - 2 * way, utc - way, utc - way, mono)


def test_a_slow_exchange_hardly_moves_it_and_a_fresh_one_is_followed() -> None:
    clock = Clock()
    for second in range(1, 5):
        clock.accept(sample(second * SECOND, T0 + second * SECOND, way=5_000))
    clock.accept(Sample(5 * SECOND - 90_000, T0 + 5 * SECOND - 5_000, T0 + 5 * SECOND - 5_000, 5 * SECOND))
    assert clock.utc(5 * SECOND) == pytest.approx(T0 + 5 * SECOND, abs=100)
    for second in range(5):
        clock.accept(sample(HOUR + second * SECOND, T0 + HOUR + second * SECOND + 20_000, way=10_000))
    assert clock.utc(HOUR + 4 * SECOND) == pytest.approx(T0 + HOUR + 4 * SECOND + 20_000, abs=2_500)


def test_its_error_grows_with_age() -> None:
    clock = Clock()
    assert not clock.valid and clock.utc(0) is None and clock.error(0) == DAY
    clock.accept(sample(SECOND, T0))
    assert clock.error(SECOND) == 10_000
    assert clock.error(SECOND + HOUR) == 10_000 + HOUR * 50 // 1_000_000


def test_there_and_back() -> None:
    clock = Clock()
    clock.accept(sample(SECOND, T0))
    assert clock.mono(clock.utc(7 * SECOND)) == 7 * SECOND


def test_a_controller_whose_clock_was_set_forward_is_followed() -> None:
    clock = Clock()
    clock.accept(sample(SECOND, T0))
    assert clock.accept(sample(2 * SECOND, T0 + DAY, way=40_000))
    assert clock.utc(2 * SECOND) == T0 + DAY


def test_time_never_goes_below_its_floor() -> None:
    clock = Clock()
    clock.floor = T0
    for back in (5 * MINUTE, DAY, T0):
        with pytest.raises(ClockBelowFloor):
            clock.accept(sample(SECOND, T0 - back))
    assert not clock.valid


def test_the_floor_outlives_a_reboot_and_a_wrong_clock_is_reported() -> None:
    street = Street().joined()
    street.power_cut()
    street.now -= 10 * MINUTE
    street.power_on().connect().run(30)
    assert not street.hellos[-1].clock_valid
    assert {report.code for report in street.reports} == {"clock_below_floor"}


def test_eight_questions_then_five_a_minute_then_five_every_five_minutes() -> None:
    asked = []

    class Listening(Street):
        def publish(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
            if "/time/req/" in topic:
                asked.append(self.now)
            super().publish(topic, payload, qos, retain)

    street = Listening()
    street.power_on().connect().run(2)
    assert len(asked) == 8 and asked[1] - asked[0] == pytest.approx(200_000, abs=100)
    street.run(20 * MINUTE // SECOND)
    assert 17 * 5 <= len(asked) - 8 <= 25 * 5
    before = len(asked)
    street.run(HOUR // SECOND)
    assert 10 * 5 <= len(asked) - before <= 15 * 5


def test_a_reconnect_asks_eight_times_and_keeps_the_pace_of_a_clock_that_has_learnt() -> None:
    street = Street().joined().run(30 * MINUTE / SECOND)
    street.disconnect()
    before = street.questions
    street.connect().run(2)
    assert street.questions - before == 8
    street.run(HOUR / SECOND)
    assert 10 * 5 <= street.questions - before - 8 <= 15 * 5


def test_a_first_burst_that_stood_in_a_queue_is_followed_by_another_question() -> None:
    street = Street(way=1_000_000).power_on().connect().run(1.9)
    street.way = 20_000
    street.run(1.6)
    assert street.questions == 9
    assert street.speaker.clock.utc(street.mono) == pytest.approx(street.now, abs=10_000)
    assert street.speaker.clock.error(street.mono) < 40_000


def test_on_a_slow_line_two_questions_follow_and_no_more() -> None:
    street = Street(way=200_000).power_on().connect().run(5)
    assert street.questions == 8 + 2


def test_a_speaker_that_is_lost_asks_on_until_an_answer_passes_quickly() -> None:
    """Its line holds up two bursts and three single questions, each for 3 s; the next burst leaves after 15 s."""
    street = Street(way=1_500_000).power_on().connect().run(13.5)
    street.way = 20_000
    assert street.speaker.clock.error(street.mono) > SECOND
    street.run(1.4)
    assert street.speaker.clock.error(street.mono) < 40_000


def test_on_a_line_that_is_that_slow_for_good_it_gives_up() -> None:
    street = Street(way=600_000).power_on().connect().run(100)
    assert 8 + 20 < street.questions <= 8 + 20 + 5 * 5


def test_a_slow_start_asks_three_times_and_then_every_five_minutes() -> None:
    street = Street(settings=SpeakerSettings(slow_start=True)).power_on().connect()
    street.run(200)
    assert street.questions == 3
    street.run(HOUR / SECOND)
    assert 3 + 8 * 5 <= street.questions <= 3 + 16 * 5


def test_a_slow_start_asks_no_more_where_the_answers_came_late() -> None:
    """Questions leave over 0.4 s; the answers are a second under way."""
    street = Street(settings=SpeakerSettings(slow_start=True), way=500_000).power_on().connect()
    street.run(200)
    assert street.questions == 3 and street.speaker.clock.valid


def test_what_is_armed_long_ahead_starts_on_time_and_a_stop_still_silences_it() -> None:
    street = Street(settings=SpeakerSettings(armed_ahead=20 * SECOND)).joined()
    street.say(street.hq.play("news", street.tone(5), 5_000, start_at=after(60)))
    street.say(street.hq.play("late", street.tone(5, 300), 5_000, start_at=after(90)))
    street.run_until(after(75)).say(street.hq.stop("late")).run(60)
    (line,) = [one for one in street.started() if one["order"] == name_of("news")]
    assert abs(line["true"] - after(60)) < 3_000
    assert street.words(name_of("late-1"))[-1] == "cancelled"
    assert [one["heard_ms"] for one in street.ended() if one["order"] == name_of("late")] in ([], [0])


def test_a_clock_that_was_set_learns_anew_at_the_first_pace() -> None:
    street = Street().joined().run(30 * MINUTE / SECOND)
    street.hq.shift = DAY
    street.run(6 * MINUTE / SECOND)
    before = street.questions
    street.run(10 * MINUTE / SECOND)
    assert street.questions - before >= 8 * 5


def test_the_first_answer_of_a_burst_does_not_count() -> None:
    street = Street()
    street.power_on().connect().run(0.15)
    assert not street.speaker.clock.valid
    street.run(0.2)
    assert street.speaker.clock.valid


def test_without_valid_time_orders_wait_and_nothing_sounds() -> None:
    street = Street(answers_time=False)
    street.say(street.hq.config(street.device), retain=True).power_on().connect().run(5)
    street.say(street.hq.play("news", street.tone(3), 3_000, max_late=120_000)).run(50)
    assert not street.started() and not street.receipts
    street.answers_time = True
    street.run(90)
    assert street.words(NEWS) == ["have", "playing", "played"]


def test_a_forged_order_is_refused_even_without_time() -> None:
    street = Street(answers_time=False)
    street.say(street.hq.config(street.device), retain=True).power_on().connect().run(5)
    street.say(street.hq.play("news", street.tone(3), 3_000, key="time")).run(1)
    assert [report.code for report in street.reports] == ["wrong_role"]


def test_the_waiting_list_is_bounded_and_the_oldest_gives_way() -> None:
    street = Street(answers_time=False)
    street.say(street.hq.config(street.device), retain=True).power_on().connect().run(2)
    blob = street.tone(1)
    for number in range(40):
        street.say(street.hq.play(f"o{number}", blob, 1_000, start_at=after(30 + 2 * number)))
    street.run(2)
    assert sum(report.count for report in street.reports if report.code == "no_time") in range(1, 9)
    street.answers_time = True
    street.run(120)
    assert len({receipt.occurrence for receipt in street.receipts}) == 32


def test_an_answer_that_nobody_asked_for_is_stale() -> None:
    street = Street().joined()
    street.deliver(*street.hq.time_answer(street.device, "A" * 22, 1, T0, T0))
    street.run(1)
    assert [report.code for report in street.reports] == ["stale"]


def test_a_time_answer_by_another_role_is_not_believed() -> None:
    street = Street(answers_time=False)
    street.power_on().connect()
    street.deliver(*street.hq.time_answer(street.device, "A" * 22, 1, T0, T0, key="content"))
    street.run(1)
    assert [report.code for report in street.reports] == ["wrong_role"]


def test_held_over_for_hours_it_still_starts_close() -> None:
    street = Street(ppb=50_000).joined()
    start = after(6 * 3_600)
    order = street.hq.play("news", street.tone(2), 2_000, start_at=start, expires_at=start + MINUTE)
    street.say(order).run(600)
    street.disconnect()
    street.run(7 * 3_600)
    (line,) = street.started()
    assert abs(line["true"] - start) < 1_200_000


def test_a_controller_that_sets_its_clock_is_followed_and_reported() -> None:
    street = Street().joined()
    street.hq.shift = 5 * MINUTE
    street.run(180)
    assert {report.code for report in street.reports} == {"clock_set"}
    assert street.speaker.clock.utc(street.mono) == pytest.approx(street.now + 5 * MINUTE, abs=20_000)


def test_a_slow_line_is_hurried_four_times_and_then_left_in_peace() -> None:
    street = Street(way=60_000)
    street.power_on().connect().run(100)
    early = street.questions
    street.run(120)
    assert early >= 8 + 5 * 4 and street.questions - early <= 15


def test_a_clock_corrected_while_it_sounds_still_ends_at_the_expiry_and_counts_what_sounded() -> None:
    street = Street(way=10_000).joined()
    street.say(street.hq.play("news", street.tone(20), 20_000, max_late=0, expires_at=after(40))).run_until(after(31))
    street.way = 1_000
    street.hq.shift = 30_000
    street.disconnect()
    street.connect().run_until(after(35))
    assert street.speaker.playing == NEWS and not street.ended()
    street.run(30)
    (ended,) = street.ended()
    assert ended["why"] == "expired" and 0 <= after(40) - 30_000 - ended["true"] <= 5_000
    assert ended["heard_ms"] == pytest.approx((ended["true"] - street.started()[0]["true"]) / 1_000, abs=5)


crystals = st.builds(
    Crystal,
    born=st.integers(0, 40 * DAY),
    start=st.integers(0, DAY),
    ppb=st.integers(-200_000, 200_000),
    swing=st.integers(0, 3_000),
    dawn=st.integers(0, DAY),
)


@given(crystals, st.integers(0, 8 * DAY))
def test_a_crystal_never_wakes_before_its_time(crystal: Crystal, wait: int) -> None:
    wanted = crystal.start + wait
    woken = crystal.real(wanted)
    assert wanted <= crystal.mono(woken) <= wanted + 2
    assert abs((woken - crystal.born) - wait) <= wait * (abs(crystal.ppb) + crystal.swing + 50) // 10**9 + 1


@given(crystals, st.integers(0, 3 * DAY), st.integers(-DAY, DAY))
def test_a_crystal_jumps_ahead_or_stands_still_and_never_runs_backwards(crystal: Crystal, after: int, by: int) -> None:
    at = crystal.born + after
    jumped = crystal.jumped(at, by)
    assert jumped.mono(at) == crystal.mono(at) + max(0, by)
    assert jumped.mono(at + DAY) - crystal.mono(at + DAY) == pytest.approx(by, abs=60_000 + abs(by) // 3_000)
    readings = [jumped.mono(at + hour * HOUR) for hour in range(48)]
    assert readings == sorted(readings)


def test_day_and_night_swing_a_crystal_and_a_whole_day_evens_it_out() -> None:
    crystal = Crystal(born=0, start=0, ppb=0, swing=3_000, dawn=0)
    assert crystal.mono(DAY // 4) - DAY // 4 == pytest.approx(3e-6 * DAY / (2 * pi), rel=0.001)
    assert crystal.mono(DAY) == DAY and crystal.mono(6 * HOUR + SECOND) - crystal.mono(6 * HOUR) == SECOND
    assert crystal.mono(HOUR // 2 + SECOND * 1_000) - crystal.mono(HOUR // 2) - SECOND * 1_000 > 2_900
