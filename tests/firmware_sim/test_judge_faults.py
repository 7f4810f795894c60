"""One planted fault for each of the eight sets, and near misses that must stay clean."""

from dataclasses import replace

import pytest

from firmware_sim.judge.records import BadRecord, Faults, Viewed
from tests.firmware_sim.histories import MILLI, SECOND, SHA, T0, Ledger, alert, dirty, order, played, shown, tried

EXPIRY = 600 * SECOND


def one(ledger, asked=None, state="played", **more):
    """The sets found for one order at one speaker, where it ended as `state`."""
    asked = asked or order()
    return dirty(tried([asked], {"s1": ledger}, shown(asked, state), **more))


def test_a_plain_play_is_clean():
    assert one(played(order())) == {}
    assert tried([order()], {"s1": played(order())}, shown(order())).verdict == "clean"


def test_nothing_at_all_is_clean():
    assert tried([], {}, {}).verdict == "clean"


# lost


@pytest.mark.parametrize("state", ["queued", "ordered", "have", "playing"])
def test_lost_without_an_end_a_minute_after_the_expiry(state):
    deadline = T0 + EXPIRY + 60 * SECOND
    assert one(Ledger(), state=state, now=deadline + 1) == {"lost": 1}
    assert one(Ledger(), state=state, now=deadline) == {}


def test_lost_when_the_controller_never_heard_of_it():
    asked = order(targets=("s1", "s2"))
    assert dirty(tried([asked], {"s1": played(asked)}, shown(asked))) == {"lost": 1}


def test_a_sound_that_ended_last_gives_another_minute():
    asked = alert(expires_at=T0 + 21 * SECOND)
    ledger = Ledger().boot().sound(asked, 20 * SECOND, "tone", ms=1_100, why="expired")
    assert one(ledger, asked, "playing", now=T0 + 81 * SECOND + 50 * MILLI) == {}
    assert one(ledger, asked, "playing", now=T0 + 81 * SECOND + 101 * MILLI) == {"lost": 1}


@pytest.mark.parametrize("state", ["failed", "refused", "expired", "cancelled", "unreachable"])
def test_every_end_is_an_end(state):
    assert one(Ledger(), state=state) == {}


# unexpected


def test_unexpected_sound_of_an_unknown_order():
    assert one(played(order()).sound(order("x"), 60 * SECOND)) == {"unexpected": 1}


def test_unexpected_sound_of_an_unknown_occurrence():
    other = replace(order(), occurrence="o1-2")
    assert one(played(order()).sound(other, 60 * SECOND)) == {"unexpected": 1}


def test_unexpected_before_its_time_but_a_trim_may_move_it():
    assert one(played(order(), at=19 * SECOND)) == {"unexpected": 1}
    assert one(played(order(), at=19_500 * MILLI)) == {}


def test_what_a_speaker_says_of_its_clock_counts_only_where_it_was_kept_from_knowing_better():
    kept = Faults(told_error=3 * SECOND)

    def early(seconds, told, wall=20):
        at = {"wall": T0 + wall * SECOND, "error": told * SECOND}
        return Ledger().boot().sound(order(), (20 - seconds) * SECOND, **at)

    assert one(early(2, 2), faults=kept) == {}
    assert one(early(2, 2)) == {"unexpected": 1}
    assert one(early(2, 1), faults=kept) == {"unexpected": 1}
    assert one(early(4, 9), faults=kept) == {"unexpected": 1}
    assert one(early(2, 2, wall=19), faults=kept) == {"unexpected": 1}


def test_a_clock_that_could_be_no_better_may_be_late_by_what_it_said():
    kept = Faults(told_error=3 * SECOND)
    told = {"wall": T0 + 25 * SECOND, "error": 2 * SECOND}
    late = Ledger().boot().sound(order(), 27 * SECOND, **told)
    assert one(late, faults=kept) == {} and one(late) == {"late": 1}


def test_unexpected_repeat_beyond_those_ordered():
    assert one(played(replace(order(), repeats=3)), replace(order(), repeats=2)) == {"unexpected": 1}
    assert one(played(replace(order(), repeats=3)), replace(order(), repeats=3)) == {}


# duplicated


def test_duplicated_when_it_sounds_again():
    assert one(played(order()).sound(order(), 60 * SECOND)) == {"duplicated": 1}


def test_duplicated_even_by_a_moment_if_it_is_no_resumption():
    ledger = Ledger().boot().sound(order(), 20 * SECOND, ms=100, why="preempted")
    assert one(ledger.sound(order(), 24 * SECOND)) == {"duplicated": 1}


def test_resuming_at_the_clock_position_is_no_duplicate():
    ledger = Ledger().boot().sound(order(), 20 * SECOND, ms=5_000, why="preempted")
    ledger.sound(order(), 25_600 * MILLI, from_ms=5_600, resumed=True)
    assert one(ledger) == {"false_played": 1}
    assert one(ledger, state="failed") == {}


def test_duplicated_when_a_resumption_goes_back():
    ledger = Ledger().boot().sound(order(), 20 * SECOND, ms=5_000, why="preempted")
    assert one(ledger.sound(order(), 26 * SECOND, from_ms=4_000, resumed=True)) == {"duplicated": 1}


def test_a_power_cut_allows_one_declared_restart():
    asked = alert()
    ledger = Ledger().boot().start(asked, 20 * SECOND, "tone")
    ledger.boot(22 * SECOND).sound(asked, 30 * SECOND, "tone", restart=True).sound(asked, 34 * SECOND, "speech")
    assert one(ledger, asked) == {}
    ledger.boot(50 * SECOND).sound(asked, 60 * SECOND, "tone", restart=True)
    assert one(ledger, asked) == {"duplicated": 1}


def test_duplicated_when_a_restart_is_not_declared_or_had_no_cause():
    asked = alert()
    cut = Ledger().boot().start(asked, 20 * SECOND, "tone").boot(22 * SECOND)
    assert one(cut.sound(asked, 30 * SECOND, "tone"), asked, "failed") == {"duplicated": 1}
    no_boot = Ledger().boot().sound(asked, 20 * SECOND, "tone", ms=1_000, why="preempted")
    assert one(no_boot.sound(asked, 30 * SECOND, "tone", restart=True), asked, "failed") == {"duplicated": 1}
    done = Ledger().boot().sound(asked, 20 * SECOND, "tone").boot(26 * SECOND)
    assert one(done.sound(asked, 30 * SECOND, "tone", restart=True), asked, "failed") == {"duplicated": 1}


def test_repeats_parts_and_orders_are_no_duplicates_of_each_other():
    asked = alert(repeats=2)
    ledger = Ledger().boot()
    for repeat, at in ((1, 20), (2, 40)):
        ledger.sound(asked, at * SECOND, "tone", repeat=repeat)
        ledger.sound(asked, (at + 4) * SECOND, "speech", repeat=repeat)
    assert one(ledger, asked) == {}


# late


def test_late_start():
    assert one(played(order(), at=25_751 * MILLI)) == {"late": 1}
    assert one(played(order(), at=25_749 * MILLI)) == {}


def test_a_later_repeat_or_a_resumption_is_no_late_start():
    asked = order(repeats=5)
    assert one(played(asked), asked) == {}
    ledger = Ledger().boot().sound(order(), 20 * SECOND, ms=2_000, why="preempted")
    assert one(ledger.sound(order(), 28 * SECOND, from_ms=8_000, resumed=True), state="failed") == {}


def test_a_start_cut_off_at_once_was_a_start_where_the_cut_is_known():
    """The recovery closes it with what was surely heard: nothing. The amplifier was open all the same."""
    begun = Ledger().boot().start(order(), 20 * SECOND).boot(22 * SECOND).end(20 * SECOND, 0, "power_cut")
    resumed = begun.sound(order(), 28 * SECOND, from_ms=8_000, resumed=True)
    begun_before = Faults(cuts={"s1": (T0 + 20_014 * MILLI,)})
    assert one(resumed, state="failed", faults=begun_before) == {}
    armed_only = Faults(cuts={"s1": (T0 + 19_990 * MILLI,)})
    assert one(resumed, state="failed", faults=armed_only) == {"late": 1}


def test_late_when_a_resumption_had_no_start():
    ledger = Ledger().boot().sound(order(), 28 * SECOND, from_ms=8_000, resumed=True)
    assert one(ledger, state="failed") == {"late": 1}


def test_late_sample_after_the_expiry():
    asked = order(expires_at=T0 + 29 * SECOND)
    assert one(played(asked), asked) == {"late": 1}
    ended = Ledger().boot().sound(asked, 20 * SECOND, ms=9_200, why="expired")
    assert one(ended, asked, "failed") == {}


def test_late_when_cut_off_after_the_expiry_unless_the_cut_is_known():
    asked = order(expires_at=T0 + 25 * SECOND)
    cut = Ledger().boot().start(asked, 20 * SECOND).boot(28 * SECOND)
    assert one(cut, asked, "failed") == {"late": 1}
    known = Faults(cuts={"s1": (T0 + 3 * SECOND, T0 + 24 * SECOND)})
    assert one(cut, asked, "failed", faults=known) == {}


# after cancel


def cancelled(asked=None, ms=3_000):
    return Ledger().boot().sound(asked or order(), 20 * SECOND, ms=ms, why="cancelled")


def test_after_cancel_verified():
    stopped = Ledger().boot().start(order(), 20 * SECOND).cancel(order(), 23 * SECOND)
    assert one(stopped.end(23_240 * MILLI, 3_240, "cancelled"), state="cancelled") == {}
    ignored = Ledger().boot().start(order(), 20 * SECOND).cancel(order(), 23 * SECOND)
    assert one(ignored.end(23_300 * MILLI, 3_300, "cancelled"), state="cancelled") == {"after_cancel": 1}


def test_after_cancel_started_though_cancelled_before():
    ledger = Ledger().boot().cancel(order(), 19_999 * MILLI).sound(order(), 20 * SECOND, ms=1)
    assert one(ledger, state="cancelled") == {"after_cancel": 1}


def test_after_cancel_accepted_two_seconds_ago():
    asked = order(cancelled_at=T0 + 21 * SECOND)
    assert one(cancelled(ms=3_200), asked, "cancelled") == {}
    assert one(cancelled(ms=3_300), asked, "cancelled") == {"after_cancel": 1}


def test_a_cancel_that_a_fault_kept_from_the_speaker_may_be_late():
    asked = order(cancelled_at=T0 + 21 * SECOND, cancel_reachable=frozenset({"s2"}))
    assert one(played(asked), asked) == {}


def test_a_cancel_after_the_end_is_clean():
    asked = order(cancelled_at=T0 + 40 * SECOND)
    assert one(played(asked).cancel(asked, 41 * SECOND), asked) == {}


# wrong content, wrong device


def test_wrong_content():
    ledger = Ledger().boot().sound(order(), 20 * SECOND, sha256="0" * 64)
    assert one(ledger, state="failed") == {"wrong_content": 1}
    assert one(ledger) == {"wrong_content": 1, "false_played": 1}


def test_wrong_content_in_a_part_that_the_order_has_not():
    ledger = played(order()).sound(order(), 60 * SECOND, part="tone", sha256=SHA["tone"], ms=4_000)
    assert one(ledger) == {"wrong_content": 1}


def test_a_speech_that_a_later_revision_names_is_right_content():
    first = alert(parts={"tone": (SHA["tone"], 4_000)})
    ledger = Ledger().boot().sound(alert(), 20 * SECOND, "tone").sound(alert(), 24 * SECOND, "speech")
    assert dirty(tried([first], {"s1": ledger}, shown(first))) == {"wrong_content": 1}
    assert dirty(tried([first, alert()], {"s1": ledger}, shown(first))) == {}


def test_wrong_device():
    asked = order(targets=("s2",))
    verdict = tried([asked], {"s1": played(asked), "s2": played(asked)}, shown(asked, device="s2"))
    assert dirty(verdict) == {"wrong_device": 1}


def test_targets_that_an_update_drops_were_targets():
    first, update = alert(targets=("s1", "s2")), alert(targets=("s2",))
    tone = Ledger().boot().sound(first, 20 * SECOND, "tone")
    whole = Ledger().boot().sound(first, 20 * SECOND, "tone").sound(first, 24 * SECOND, "speech")
    view = shown(first, "cancelled") | shown(first, device="s2")
    assert dirty(tried([first, update], {"s1": tone, "s2": whole}, view)) == {}


# false played


def test_false_played_below_95_percent():
    assert one(Ledger().boot().sound(order(), 20 * SECOND, ms=9_499)) == {"false_played": 1}
    assert one(Ledger().boot().sound(order(), 20 * SECOND, ms=9_500)) == {}


def test_false_played_without_a_ledger_or_an_order():
    assert dirty(tried([order()], {}, shown(order()))) == {"false_played": 1}
    assert dirty(tried([], {}, shown(order()))) == {"false_played": 1}


def test_false_played_counts_every_repeat_and_part():
    asked = order(repeats=2)
    assert one(played(order()), asked) == {"false_played": 1}
    tone = Ledger().boot().sound(alert(), 20 * SECOND, "tone")
    assert one(tone, alert()) == {"false_played": 1}


def test_false_played_counts_no_millisecond_twice():
    asked = alert()
    ledger = Ledger().boot().start(asked, 20 * SECOND, "tone").end(24 * SECOND, 4_000, "power_cut")
    ledger.boot(26 * SECOND).sound(asked, 30 * SECOND, "tone", restart=True)
    assert one(ledger, asked) == {"false_played": 1}


def test_false_played_when_a_ledger_claims_more_than_the_clock_allows():
    ledger = Ledger().boot().start(order(), 20 * SECOND).end(22 * SECOND, 10_000)
    assert one(ledger) == {"false_played": 1}


def test_a_clip_is_not_heard_for_longer_than_it_is():
    asked = order(repeats=2)
    ledger = Ledger().boot().sound(asked, 20 * SECOND, ms=20_000)
    assert one(ledger, asked) == {"false_played": 1}


def test_a_corrected_speech_is_no_duplicate_and_counts_once():
    first, second = alert(), alert(parts=alert().parts | {"speech": ("f" * 64, 8_000)})
    ledger = Ledger().boot().sound(first, 20 * SECOND, "tone").sound(first, 24 * SECOND, "speech")
    view = shown(first)
    assert dirty(tried([first, second], {"s1": ledger}, view)) == {"false_played": 1}
    ledger.sound(second, 31 * SECOND, "speech")
    assert dirty(tried([first, second], {"s1": ledger}, view)) == {}


# the record itself


def test_what_was_armed_but_never_sounded_is_no_sound():
    ledger = Ledger().boot().start(order(), 20 * SECOND).cancel(order(), 19_950 * MILLI)
    ledger.end(20 * SECOND, 0, "cancelled")
    assert one(ledger, state="cancelled") == {}
    armed = Ledger().boot().start(order(), 20 * SECOND).boot(40 * SECOND).sound(order(), 21 * SECOND)
    assert one(armed, faults=Faults(cuts={"s1": (T0 + 19_950 * MILLI,)})) == {}


def test_a_cut_at_the_first_moment_may_be_begun_again():
    for ms, found in ((200, {}), (300, {"duplicated": 1})):
        ledger = Ledger().boot().start(order(), 20 * SECOND).boot(22 * SECOND).sound(order(), 23 * SECOND)
        cuts = Faults(cuts={"s1": (T0 + 20 * SECOND + ms * MILLI,)})
        assert one(ledger, faults=cuts) == found


def test_an_end_written_after_a_power_cut_says_how_much_was_heard():
    ledger = Ledger().boot().start(order(), 20 * SECOND).boot(40 * SECOND).end(40 * SECOND, 4_000, "power_cut")
    assert one(ledger) == {"false_played": 1}
    assert one(ledger, order(expires_at=T0 + 25 * SECOND), "failed") == {}


def test_a_sound_still_going_on_is_clean():
    ledger = Ledger().boot().start(order(), 20 * SECOND)
    assert one(ledger, state="playing", now=T0 + 22 * SECOND) == {}


def test_wall_time_counts_where_no_true_time_is_written():
    ledger = played(order(), at=60 * SECOND)
    for line in ledger.lines:
        del line["true"]
    assert one(ledger) == {"late": 1}


def test_a_boot_without_valid_time_still_ends_what_sounded():
    ledger = Ledger().boot().start(order(), 20 * SECOND).boot(22 * SECOND)
    ledger.sound(order(), 27 * SECOND, from_ms=7_000, resumed=True)
    ledger.lines[2].update(true=None, wall=None)
    assert one(ledger, state="failed") == {}
    ledger.lines[3].update(from_ms=5_000)
    assert one(ledger, state="failed") == {"duplicated": 1}
    known = Faults(cuts={"s1": (T0 + 24 * SECOND,)})
    assert one(ledger, state="failed", faults=known) == {}


def test_an_alert_that_ended_as_the_power_went_may_be_begun_again():
    """Its speaker could not note the end: within the time that writing takes, and once."""
    whole = alert()

    def again(times=1):
        ledger = Ledger().boot().sound(whole, 20 * SECOND, "tone").sound(whole, 24 * SECOND, "speech")
        for time in range(times):
            ledger.boot((40 + 20 * time) * SECOND)
            ledger.sound(whole, (45 + 20 * time) * SECOND, "speech", restart=True)
        return ledger

    at_the_end, later = (Faults(cuts={"s1": (T0 + 30 * SECOND + ms * MILLI,)}) for ms in (20, 60))
    assert one(again(), whole, faults=at_the_end) == {}
    assert one(again(), whole, faults=later) == one(again(), whole) == {"duplicated": 1}
    assert one(again(2), whole, faults=at_the_end) == {"duplicated": 1}


def test_a_sound_without_any_instant_is_no_record():
    ledger = played(order())
    ledger.lines[1].update(true=None, wall=None)
    with pytest.raises(BadRecord):
        one(ledger)


def test_lines_of_other_kinds_are_ignored_but_an_unreadable_one_is_not():
    ledger = played(order())
    ledger.lines.append({"kind": "refused", "code": "bad_signature"})
    ledger.lines.append({"kind": "something new"})
    assert one(ledger) == {}
    ledger.lines.append({"kind": "started", "order": "o1"})
    with pytest.raises(BadRecord) as error:
        one(ledger)
    assert error.value.code == "bad_record"


def test_the_verdict_as_json_has_counts_and_findings():
    verdict = tried([order()], {"s1": played(order()).sound(order(), 60 * SECOND)}, shown(order())).as_json()
    assert verdict["verdict"] == "dirty"
    assert list(verdict["sets"]) == [
        "lost", "unexpected", "duplicated", "late",
        "after_cancel", "wrong_content", "wrong_device", "false_played",
    ]  # fmt: skip
    assert verdict["sets"]["duplicated"] == 1
    [found] = verdict["findings"]["duplicated"]
    assert (found["device"], found["order"], found["at"]) == ("s1", "o1", T0 + 60 * SECOND)


def test_a_view_of_several_orders_is_judged_one_by_one():
    good, bad = order("o1"), order("o2")
    view = shown(good) | shown(bad) | {("o1", "o1-1", "s2"): Viewed("queued")}
    assert dirty(tried([good, bad], {"s1": played(good)}, view)) == {"false_played": 1}
