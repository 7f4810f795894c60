"""Who gets the amplifier: ranks, interruptions and what comes after them; stops and cancels."""

import pytest

from devices.protocol.units import SECOND
from tests.firmware_sim.headquarters import T0, after, name_of
from tests.firmware_sim.street import Street


@pytest.fixture
def street() -> Street:
    return Street().joined()


def soundings(street: Street) -> list[tuple[str, float, float, str]]:
    """(order, from, to, why it ended) in seconds after T0, as the world's clock saw it."""
    names = {name_of(word): word for word in ("low", "high", "other", "flood", "fire")}
    ends = {(line["order"], line["part"], line["repeat"], line["from_ms"]): line for line in street.ended()}
    found = []
    for line in street.started():
        end = ends[line["order"], line["part"], line["repeat"], line["from_ms"]]
        begin, until = ((one["true"] - T0) / SECOND for one in (line, end))
        found.append((names[line["order"]], round(begin, 1), round(until, 1), end["why"]))
    return found


def play(street: Street, word: str, start: float, seconds: int, **changes: object) -> None:
    changes = {"max_late": 120_000, "start_at": after(start)} | changes
    street.say(street.hq.play(word, street.tone(seconds), seconds * 1_000, **changes))


def test_a_higher_rank_interrupts_and_the_lower_resumes_at_the_clock_position(street: Street) -> None:
    play(street, "low", 30, 20)
    play(street, "high", 35, 5, rank="priority")
    street.run(90)
    assert soundings(street) == [
        ("low", 30.0, 35.0, "preempted"),
        ("high", 35.0, 40.0, "finished"),
        ("low", 40.0, 50.0, "finished"),
    ]
    resumed = street.started()[2]
    assert resumed["resumed"] and abs(resumed["from_ms"] - 10_000) < 50
    assert street.end(name_of("high-1")).state == "played"
    end = street.end(name_of("low-1"))
    assert (end.state, end.reason, round(end.heard, -2)) == ("failed", "preempted", 15_000)


def test_an_interruption_that_takes_less_than_five_percent_is_still_played(street: Street) -> None:
    play(street, "low", 30, 60)
    play(street, "high", 40, 2, rank="priority")
    street.run(120)
    assert street.end(name_of("low-1")).state == "played"


def test_what_was_interrupted_past_its_time_ends_with_what_was_heard(street: Street) -> None:
    play(street, "low", 30, 10)
    play(street, "high", 33, 30, rank="priority")
    street.run(90)
    assert [one[0] for one in soundings(street)] == ["low", "high"]
    assert (street.end(name_of("low-1")).state, street.end(name_of("low-1")).reason) == ("failed", "preempted")


def test_of_equal_ranks_the_one_that_plays_goes_on_and_the_other_joins_late(street: Street) -> None:
    play(street, "low", 30, 10)
    play(street, "other", 35, 20)
    street.run(90)
    assert soundings(street) == [("low", 30.0, 40.0, "finished"), ("other", 40.0, 55.0, "finished")]
    assert abs(street.started()[1]["from_ms"] - 5_000) < 50


def test_of_equal_ranks_the_other_plays_alone_where_its_time_is_over(street: Street) -> None:
    play(street, "low", 30, 20)
    play(street, "other", 35, 5)
    street.run(90)
    assert soundings(street) == [("low", 30.0, 50.0, "finished"), ("other", 50.0, 55.0, "finished")]


def test_back_to_back_programmes_lose_nothing(street: Street) -> None:
    play(street, "low", 30, 5)
    play(street, "other", 35, 5)
    street.run(90)
    assert [line["from_ms"] for line in street.started()] == [0, 0]
    assert {street.end(name_of(word)).state for word in ("low-1", "other-1")} == {"played"}


def test_a_gap_between_repeats_is_not_given_away_to_an_equal_rank(street: Street) -> None:
    play(street, "low", 30, 4, repeats=2, gap=6_000)
    play(street, "other", 35, 3)
    street.run(90)
    assert soundings(street) == [
        ("low", 30.0, 34.0, "finished"),
        ("low", 40.0, 44.0, "finished"),
        ("other", 44.0, 47.0, "finished"),
    ]


def test_two_orders_for_the_same_instant_both_sound_one_after_the_other(street: Street) -> None:
    play(street, "low", 30, 5)
    play(street, "other", 30, 5)
    street.run(90)
    assert sorted(one[1:] for one in soundings(street)) == [(30.0, 35.0, "finished"), (35.0, 40.0, "finished")]


def test_a_lower_rank_that_could_not_start_before_its_latest_start_expires(street: Street) -> None:
    play(street, "high", 30, 30, rank="priority")
    play(street, "low", 35, 5, max_late=10_000)
    street.run(90)
    assert street.words(name_of("low-1")) == ["have", "expired"]


def test_a_stop_silences_at_once(street: Street) -> None:
    play(street, "low", 30, 20)
    street.run_until(after(35)).say(street.hq.stop("low")).run(60)
    assert soundings(street) == [("low", 30.0, 35.0, "cancelled")]
    end = street.end(name_of("low-1"))
    assert (end.state, end.heard // 100) == ("cancelled", 50)
    kinds = [line["kind"] for line in street.ledger.lines if line["kind"] != "boot"]
    assert kinds == ["started", "ended", "cancel"]


def test_a_stop_of_what_is_armed_but_not_begun_is_silence(street: Street) -> None:
    play(street, "low", 30, 20)
    street.run_until(after(29.95)).say(street.hq.stop("low")).run(60)
    (line,) = street.ended()
    assert (line["why"], line["heard_ms"]) == ("cancelled", 0)
    assert street.words(name_of("low-1")) == ["have", "cancelled"]


def test_a_stop_lets_the_next_one_begin(street: Street) -> None:
    play(street, "low", 30, 20)
    play(street, "other", 32, 20)
    street.run_until(after(35)).say(street.hq.stop("low")).run(60)
    assert [one[:2] for one in soundings(street)] == [("low", 30.0), ("other", 35.0)]


def test_a_stop_before_its_order_is_honoured_and_signed(street: Street) -> None:
    street.say(street.hq.stop("low")).run(5)
    assert street.words(name_of("low-1")) == ["cancelled"]
    play(street, "low", 30, 5)
    street.run(60)
    assert not street.started() and street.words(name_of("low-1")) == ["cancelled"]


def test_a_stop_outlives_a_reboot(street: Street) -> None:
    street.say(street.hq.stop("low")).run(5)
    street.power_cut()
    street.power_on().connect().run(5)
    play(street, "low", 40, 5)
    street.run(60)
    assert not street.started() and street.words(name_of("low-1")) == ["cancelled"]


def test_a_stop_after_the_end_changes_nothing(street: Street) -> None:
    play(street, "low", 30, 5)
    street.run(40)
    street.say(street.hq.stop("low")).run(10)
    assert street.words(name_of("low-1")) == ["have", "playing", "played"]


def test_a_second_stop_says_nothing_new(street: Street) -> None:
    street.say(street.hq.stop("low")).run(5)
    street.say(street.hq.stop("low", device=street.device)).run(5)
    assert street.words(name_of("low-1")) == ["cancelled"]


def test_one_that_cannot_sound_holds_nobody_up(street: Street) -> None:
    street.say(street.hq.play("high", street.tone(20), 60_000, rank="priority", max_late=120_000))
    play(street, "low", 30, 5, max_late=0)
    street.run(60)
    assert street.end(name_of("high-1")).reason == "wrong_duration"
    assert street.end(name_of("low-1")).state == "played"
