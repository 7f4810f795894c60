"""Rules of the air: nothing below an alert sounds in a silence, louder than its cap, or beyond the day's budget."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.airrules import NEVER, UNBOUND, AirRules
from firmware_sim.loudness import gain
from tests.firmware_sim.headquarters import T0, Slot, after, name_of, piece_of
from tests.firmware_sim.street import RecordingSink, Street

NEWS = name_of("news-1")
LEVELS = st.lists(
    st.tuples(st.integers(0, 1_000), st.sampled_from([0, 0, 40, 100])), min_size=1, unique_by=lambda x: x[0]
)


@given(LEVELS, st.integers(1, 1_100), st.integers(0, 1_200))
def test_silence_and_what_follows_it_agree_with_the_cap(levels: list, runs_out: int, at: int) -> None:
    air = AirRules(levels=tuple(sorted(levels)), runs_out=runs_out)
    silent, opens = air.silent_from(at), air.open_from(at)
    assert all(air.cap(instant) for instant in range(at, min(silent, 1_300)))
    assert silent == NEVER or air.cap(silent) == 0
    assert not any(air.cap(instant) for instant in range(at, 1_300 if opens is None else opens))
    assert opens is None or air.cap(opens)


@given(LEVELS, st.integers(0, 1_000), st.integers(1, 300))
def test_the_volume_of_a_stretch_is_the_lowest_cap_above_silence(levels: list, at: int, length: int) -> None:
    air = AirRules(levels=tuple(sorted(levels)))
    caps = [cap for cap in map(air.cap, range(at, at + length)) if cap]
    assert air.volume(at, at + length) == min(caps, default=0)


def test_before_the_first_plan_there_is_no_rule() -> None:
    assert UNBOUND.cap(0) == UNBOUND.cap(T0) == 100
    assert UNBOUND.silent_from(T0) == NEVER and UNBOUND.budget is None


def test_days_lie_between_midnights() -> None:
    air = AirRules(levels=((0, 100),), midnights=(10, 20))
    assert [air.day(at) for at in (5, 10, 19, 20, 99)] == [(0, 10), (10, 20), (10, 20), (20, NEVER), (20, NEVER)]


# On the street


@pytest.fixture
def street() -> Street:
    return Street(sink=RecordingSink()).joined()


def rules(street: Street, *caps: tuple[float, int], seq: int = 1, slots: tuple[Slot, ...] = (), **changes) -> None:
    street.say(street.hq.plan(street.device, seq, slots, caps=[(-3600, 100), *caps], **changes), retain=True)
    street.run(0.1)


def end(street: Street, name: str = NEWS) -> tuple[str, str]:
    return street.end(name).state, street.end(name).reason


def test_what_would_start_in_silence_is_refused_planned_or_ordered(street: Street) -> None:
    blob = street.tone(4)
    rules(street, (25, 0), (35, 100), slots=(Slot("morning", piece_of(blob, 4), 31),))
    street.say(street.hq.play("news", blob, 4_000, max_late=60_000)).run(90)
    assert not street.started()
    assert end(street) == end(street, name_of("morning")) == ("refused", "quiet_hours")


def test_an_alert_sounds_in_silence(street: Street) -> None:
    siren = street.tone(2)
    street.say(street.hq.config(street.device, seq=2, clips={"tone": siren})).run(2)
    rules(street, (25, 0), budget=0)
    street.say(street.hq.alert("flood", 1, siren, silent_speech=True)).run(60)
    assert street.end(name_of("flood")).state == "played"


def test_silence_cuts_what_sounds(street: Street) -> None:
    rules(street, (35, 0))
    street.say(street.hq.play("news", street.tone(20), 20_000)).run(60)
    (line,) = street.ended()
    assert line["why"] == "quiet_hours" and line["true"] <= after(35)
    assert end(street) == ("failed", "quiet_hours") and 4_900 <= street.end(NEWS).heard <= 5_000


def test_after_a_silence_it_goes_on_at_the_clock_position(street: Street) -> None:
    rules(street, (35, 0), (40, 100))
    street.say(street.hq.play("news", street.tone(20), 20_000)).run(60)
    _, second = street.started()
    assert second["resumed"] and abs(second["from_ms"] - 10_000) < 100
    assert end(street) == ("failed", "quiet_hours")


def test_repeats_that_silence_takes_are_told_as_quiet_hours(street: Street) -> None:
    rules(street, (35, 0))
    street.say(street.hq.play("news", street.tone(4), 4_000, repeats=2, gap=10_000)).run(60)
    assert end(street) == ("failed", "quiet_hours") and street.end(NEWS).heard == 4_000


def test_a_late_one_that_would_run_into_silence_does_not_start(street: Street) -> None:
    blob = street.tone(5)
    rules(street, (50, 0))
    street.run_until(after(46))
    street.say(street.hq.play("news", blob, 5_000, max_late=60_000)).run(60)
    assert not street.started() and end(street) == ("refused", "quiet_hours")


def test_a_silence_that_a_new_plan_brings_is_kept_by_what_sounds(street: Street) -> None:
    rules(street)
    street.say(street.hq.play("news", street.tone(20), 20_000)).run_until(after(33))
    rules(street, (35, 0), seq=2)
    street.run(60)
    assert end(street) == ("failed", "quiet_hours") and 4_900 <= street.end(NEWS).heard <= 5_100


def test_rules_are_those_of_the_plan_at_the_start(street: Street) -> None:
    blob = street.tone(4)
    rules(street, (25, 0))
    street.say(street.hq.play("news", blob, 4_000)).run(2)
    rules(street, seq=2)
    street.run(60)
    assert end(street) == ("played", "none")


def test_after_the_plan_nothing_but_alerts_sounds(street: Street) -> None:
    rules(street, valid_to=after(20))
    street.say(street.hq.play("news", street.tone(4), 4_000)).run(60)
    assert end(street) == ("refused", "plan_over")


def test_rules_survive_a_reboot(street: Street) -> None:
    rules(street, (25, 0))
    street.retained = {topic: raw for topic, raw in street.retained.items() if not topic.endswith("/plan")}
    street.power_cut()
    street.run(1).power_on().connect().run(5)
    street.say(street.hq.play("news", street.tone(4), 4_000)).run(60)
    assert end(street) == ("refused", "quiet_hours")


def test_a_silence_that_begins_while_one_waits_for_its_audio_ends_it(street: Street) -> None:
    rules(street, (35, 0), (40, 100))
    street.say(street.hq.play("news", "ab" * 32, 4_000, max_late=60_000)).run_until(after(34))
    assert street.words(NEWS) == []
    street.run(3)
    assert end(street) == ("refused", "quiet_hours")


def test_a_silence_that_has_passed_while_the_power_was_off_refuses_nothing(street: Street) -> None:
    blob = street.tone(4)
    rules(street, (35, 0), (40, 100), slots=(Slot("morning", piece_of(blob, 4, max_late=60_000), 30),))
    street.run(5).power_cut()
    street.run_until(after(50)).power_on().connect().run(60)
    assert end(street, name_of("morning")) == ("played", "none")


@pytest.mark.parametrize(("caps", "percent"), [([(25, 40)], 40), ([(25, 70), (32, 30)], 30), ([(25, 90)], 80)])
def test_the_volume_is_the_lowest_of_all(street: Street, caps: list, percent: int) -> None:
    rules(street, *caps)
    street.say(street.hq.play("news", street.tone(4), 4_000)).run(60)
    (run,) = street.sink.runs
    assert run.gain == gain(percent)


# Budget


def budgeted(street: Street, ms: int, *slots: Slot) -> None:
    rules(street, budget=ms, slots=slots)


def test_what_does_not_fit_into_the_day_is_refused_and_what_is_shorter_still_sounds(street: Street) -> None:
    four, eight = piece_of(street.tone(4), 4), piece_of(street.tone(8), 8)
    budgeted(street, 12_000, Slot("a", four, 30), Slot("b", eight, 40), Slot("c", four, 60), Slot("d", four, 70))
    street.run(100)
    assert [street.end(name_of(word)).state for word in "abcd"] == ["played", "played", "refused", "refused"]
    assert street.end(name_of("d")).reason == "budget"


def test_what_an_order_takes_counts_too(street: Street) -> None:
    budgeted(street, 6_000, Slot("a", piece_of(street.tone(4), 4), 60))
    street.say(street.hq.play("news", street.tone(4), 4_000)).run(90)
    assert end(street) == ("played", "none") and end(street, name_of("a")) == ("refused", "budget")


def test_what_was_heard_before_a_power_cut_counts_after_it(street: Street) -> None:
    long, short = piece_of(street.tone(20), 20), piece_of(street.tone(8), 8)
    budgeted(street, 20_000, Slot("a", long, 30), Slot("b", short, 120), Slot("c", short, 140), Slot("d", short, 160))
    street.run_until(after(36)).power_cut()
    street.run_until(after(60)).power_on().connect().run(120)
    heard = sum(receipt.heard for receipt in street.receipts if receipt.state in {"played", "failed"})
    assert 12_000 <= heard <= 21_000
    assert [street.end(name_of(word)).state for word in "abcd"] == ["failed", "played", "refused", "refused"]


def test_what_sounds_counts_with_what_it_will_still_take(street: Street) -> None:
    long, siren = piece_of(street.tone(20), 20), piece_of(street.tone(4), 4, rank="priority")
    budgeted(street, 22_000, Slot("a", long, 30), Slot("b", siren, 35))
    street.run(90)
    assert end(street, name_of("a")) == ("played", "none")
    assert end(street, name_of("b")) == ("refused", "budget")


def test_a_new_day_has_its_own_budget(street: Street) -> None:
    four = piece_of(street.tone(4), 4)
    next_day = 23 * 3_600
    budgeted(street, 4_000, Slot("a", four, 30), Slot("b", four, next_day - 60), Slot("c", four, next_day + 60))
    street.run(60).disconnect()
    street.run_until(after(next_day + 120))
    street.connect().run(10)
    assert [street.end(name_of(word)).state for word in "abc"] == ["played", "refused", "played"]
