"""Clocks that jump, stand still, run far too fast or say 1970: nothing sounds at a wrong time, and it is told."""

import pytest

from devices.protocol.units import DAY, HOUR, MILLI, MINUTE, SECOND
from firmware_sim.crystal import Crystal
from tests.firmware_sim.headquarters import T0, name_of
from tests.firmware_sim.street import Street

NEWS = name_of("news-1")


def street_with_news(starts_in: int, **order: object) -> tuple[Street, int]:
    """A speaker that is in time and holds an order with its audio; and when that begins."""
    street = Street()
    blob = street.tone(3)
    street.joined(clips={"tone": blob})
    start = street.now + starts_in
    street.say(street.hq.play("news", blob, 3_000, start_at=start, expires_at=start + HOUR, **order)).run(2)
    assert street.words(NEWS) == ["have"]
    return street, start


def shift_of(street: Street, start: int) -> int:
    (line,) = street.started()
    return int(line["true"]) - start


@pytest.mark.parametrize("by", [5 * MINUTE, DAY, -5 * MINUTE, -20 * SECOND])
def test_a_speakers_clock_that_jumps_is_asked_about_before_anything_sounds_or_ends(by: int) -> None:
    street, start = street_with_news(20 * MINUTE, max_late=0)
    street.crystal = street.crystal.jumped(street.now, by)
    street.run(25 * MINUTE / SECOND)
    assert abs(shift_of(street, start)) < 5 * MILLI
    assert street.words(NEWS) == ["have", "playing", "played"]
    assert {report.code for report in street.reports} == {"clock_set"}


def test_a_jump_over_a_start_neither_plays_early_nor_expires_it() -> None:
    street, start = street_with_news(2 * MINUTE, max_late=1_000)
    street.crystal = street.crystal.jumped(street.now, 3 * MINUTE)
    street.run(10)
    assert street.words(NEWS) == ["have"] and not street.started()
    street.run(3 * MINUTE / SECOND)
    assert abs(shift_of(street, start)) < 5 * MILLI and street.words(NEWS)[-1] == "played"


def test_a_message_that_comes_right_after_a_jump_is_not_read_by_the_wrong_clock() -> None:
    street = Street().joined().run(30)
    street.crystal = street.crystal.jumped(street.now, DAY)
    street.way = 1_000
    start = street.now + 20 * SECOND
    street.say(street.hq.play("news", street.tone(3), 3_000, start_at=start, expires_at=start + HOUR)).run(60)
    assert abs(shift_of(street, start)) < 10 * MILLI and street.words(NEWS) == ["have", "playing", "played"]


def test_a_process_that_stood_still_goes_on_and_is_late_by_what_it_missed_alone() -> None:
    street, start = street_with_news(60 * SECOND, max_late=MINUTE // MILLI)
    street.now += 65 * SECOND
    street.run(20)
    assert 7 * SECOND < shift_of(street, start) < 8 * SECOND
    assert {report.code for report in street.reports} <= {"clock_set"}


@pytest.mark.parametrize("cut", [True, False])
def test_where_nobody_answers_an_overslept_clock_is_trusted_again(cut: bool) -> None:
    street, start = street_with_news(2 * MINUTE)
    street.answers_time = False
    street.now += 70 * SECOND
    street.run(1)
    assert not street.speaker.clock.valid
    if cut:
        street.disconnect()
        assert street.speaker.clock.valid
    street.run(2 * MINUTE / SECOND)
    assert abs(shift_of(street, start)) < 5 * MILLI


@pytest.mark.parametrize("to", [0, T0 - 30 * DAY])
def test_an_office_that_falls_back_to_1970_is_not_followed(to: int) -> None:
    street, start = street_with_news(20 * MINUTE)
    street.hq.shift = to - street.now
    street.run(25 * MINUTE / SECOND)
    assert abs(shift_of(street, start)) < 60 * MILLI and street.words(NEWS)[1:] == ["playing", "played"]
    assert "clock_below_floor" in {report.code for report in street.reports}


def test_a_box_without_a_battery_boots_in_1970_and_is_silent_until_a_signed_answer() -> None:
    street, start = street_with_news(2 * MINUTE, max_late=10 * MINUTE // MILLI)
    street.power_cut()
    street.answers_time = False
    street.power_on()
    street.crystal = Crystal(street.now, 0, street.ppb)
    street.connect().run(5 * MINUTE / SECOND)
    assert not street.started() and not street.speaker.clock.valid and street.hellos[-1].issued_at == 0
    street.answers_time = True
    street.run(90)
    assert street.words(NEWS)[-1] == "played" and shift_of(street, start) > 3 * MINUTE


@pytest.mark.parametrize("ppb", [-200_000, 200_000])
@pytest.mark.parametrize("known_for", [70, 2 * HOUR // SECOND])
def test_a_bad_crystal_without_network_for_a_week_stays_within_two_minutes(ppb: int, known_for: int) -> None:
    street = Street(ppb=ppb)
    street.power_on()
    street.crystal = Crystal(street.now, 5 * SECOND, ppb, swing=3_000)
    street.connect().run(known_for)
    street.disconnect()
    street.run(7 * DAY / SECOND)
    error = abs(street.speaker.clock.utc(street.mono) - street.now)
    assert error < 2 * MINUTE
    assert known_for == 70 or error <= min(2 * SECOND, street.speaker.clock.error(street.mono))
