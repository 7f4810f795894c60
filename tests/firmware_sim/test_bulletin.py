"""A bulletin on the straight path and every way off it: when it sounds, and how it ends."""

import pytest

from devices.protocol.units import MILLI, SECOND
from tests.firmware_sim.headquarters import T0, after, name_of
from tests.firmware_sim.street import RecordingSink, Street

NEWS = name_of("news-1")


@pytest.fixture
def street() -> Street:
    return Street().joined()


def starts(street: Street) -> list[float]:
    """Seconds after T0 at which something began to sound, by the world's clock."""
    return [round((line["true"] - T0) / SECOND, 2) for line in street.started()]


def test_it_starts_in_time_is_heard_to_the_end_and_says_so(street: Street) -> None:
    street.say(street.hq.play("news", street.tone(4), 4_000)).run(60)
    (line,) = street.started()
    assert abs(line["true"] - after(30)) < 1_000
    assert street.words(NEWS) == ["have", "playing", "played"]
    end = street.end(NEWS)
    assert (end.heard, end.expected, end.reason) == (4_000, 4_000, "none")
    assert end.ended_at - end.started_at == 4 * SECOND
    assert [receipt.n for receipt in street.receipts] == [1, 2, 3]


def test_started_is_written_before_the_amplifier_opens(street: Street) -> None:
    street.say(street.hq.play("news", street.tone(4), 4_000)).run_until(after(29.95))
    assert len(street.started()) == 1 and not street.ended()
    assert street.words(NEWS) == ["have"]


def test_its_own_trim_delays_every_start() -> None:
    street = Street().joined(trim=-200_000)
    street.say(street.hq.play("news", street.tone(4), 4_000)).run(60)
    assert starts(street) == [29.8]


def test_a_blob_that_is_already_here_is_had_at_once(street: Street) -> None:
    blob = street.tone(4)
    street.say(street.hq.play("news", blob, 4_000)).run(60)
    before = len(street.wire)
    street.say(street.hq.play("more", blob, 4_000, start_at=after(100), expires_at=after(200))).run(1)
    assert street.words(name_of("more-1")) == ["have"]
    assert len(street.wire) == before


@pytest.mark.parametrize(
    ("repeats", "gap", "arrives", "expected", "end"),
    [
        (1, 0, 33, [(0, 3)], ("failed", "partial")),
        (1, 0, 30.1, [(0, 0.1)], ("played", "none")),
        (3, 4_000, 33, [(0, 3), (1, 0), (2, 0)], ("failed", "partial")),
        (3, 4_000, 36, [(1, 0), (2, 0)], ("failed", "partial")),
    ],
)
def test_late_it_joins_in_step_with_its_neighbours(
    street: Street, repeats: int, gap: int, arrives: float, expected: list, end: tuple
) -> None:
    blob = street.tone(5)
    street.run_until(after(arrives))
    street.say(street.hq.play("news", blob, 5_000, repeats=repeats, gap=gap, max_late=20_000)).run(120)
    heard = [(line["repeat"], line["from_ms"] / 1_000) for line in street.started()]
    assert heard == [(repeat, pytest.approx(offset, abs=0.2)) for repeat, offset in expected]
    for line in street.started():
        in_step = after(30) + line["repeat"] * (5_000 + gap) * MILLI + line["from_ms"] * MILLI
        assert abs(line["true"] - in_step) < 3_000
    assert (street.end(NEWS).state, street.end(NEWS).reason) == end


def test_too_late_to_join_but_not_too_late_it_plays_alone_from_the_beginning(street: Street) -> None:
    blob = street.tone(5)
    street.run_until(after(45))
    street.say(street.hq.play("news", blob, 5_000, max_late=20_000)).run(60)
    (line,) = street.started()
    assert (line["from_ms"], line["repeat"]) == (0, 0)
    assert street.end(NEWS).state == "played"


def test_alone_only_if_it_ends_before_its_expiry(street: Street) -> None:
    blob = street.tone(5)
    street.run_until(after(47))
    street.say(street.hq.play("news", blob, 5_000, max_late=20_000, expires_at=after(51))).run(60)
    assert not street.started()
    assert (street.end(NEWS).state, street.end(NEWS).reason) == ("expired", "late")


def test_beyond_the_latest_start_there_is_none(street: Street) -> None:
    street.run_until(after(41))
    street.say(street.hq.play("news", street.tone(5), 5_000)).run(60)
    assert not street.started()
    assert street.words(NEWS) == ["expired"]


def test_a_gap_is_waited_for_only_within_the_latest_start(street: Street) -> None:
    blob = street.tone(5)
    street.run_until(after(36))
    street.say(street.hq.play("news", blob, 5_000, repeats=2, gap=30_000, max_late=20_000)).run(120)
    assert not street.started()
    assert street.words(NEWS)[-1] == "expired"


def test_an_order_that_has_expired_when_it_comes_is_signed_and_silent(street: Street) -> None:
    street.run_until(after(700))
    street.say(street.hq.play("news", street.tone(5), 5_000)).run(60)
    assert not street.started()
    assert street.words(NEWS) == ["expired"]


def test_without_its_audio_it_expires_at_its_latest_start(street: Street) -> None:
    street.say(street.hq.play("news", "ab" * 32, 5_000)).run_until(after(39.9))
    assert street.words(NEWS) == []
    street.run(3)
    assert (street.end(NEWS).state, street.end(NEWS).reason) == ("expired", "no_content")


def test_no_sample_after_its_expiry(street: Street) -> None:
    street.say(street.hq.play("news", street.tone(8), 8_000, max_late=0, expires_at=after(35))).run(60)
    (line,) = street.ended()
    assert line["why"] == "expired" and line["true"] <= after(35) + 1_000 and line["heard_ms"] >= 4_998
    assert (street.end(NEWS).state, street.end(NEWS).reason) == ("failed", "expired")


def test_repeats_stand_on_their_grid(street: Street) -> None:
    street.say(street.hq.play("news", street.tone(2), 2_000, repeats=3, gap=1_500)).run(60)
    assert starts(street) == [30.0, 33.5, 37.0]
    assert (street.end(NEWS).heard, street.end(NEWS).expected) == (6_000, 6_000)


def test_repeats_without_a_gap_lose_nothing_between_them(street: Street) -> None:
    street.say(street.hq.play("news", street.tone(2), 2_000, repeats=3)).run(60)
    assert starts(street) == [30.0, 32.0, 34.0]
    assert [line["from_ms"] for line in street.started()] == [0, 0, 0]
    assert [line["why"] for line in street.ended()] == ["finished"] * 3
    assert street.end(NEWS).heard >= 5_999


def test_the_same_order_again_by_another_way_changes_nothing(street: Street) -> None:
    blob = street.tone(4)
    street.say(street.hq.play("news", blob, 4_000)).run(1)
    street.say(street.hq.play("news", blob, 4_000, device=street.device)).run(25)
    street.say(street.hq.play("news", blob, 4_000)).run(60)
    street.say(street.hq.play("news", blob, 4_000, device=street.device)).run(60)
    assert len(street.started()) == 1
    assert street.words(NEWS) == ["have", "playing", "played"]


def test_another_order_under_the_same_name_is_refused(street: Street) -> None:
    street.say(street.hq.play("news", street.tone(4), 4_000)).run(1)
    street.say(street.hq.play("news", street.tone(5), 5_000)).run(60)
    assert [report.code for report in street.reports] == ["conflicting"]
    assert [line["sha256"] for line in street.started()] == [street.tone(4)]


def test_an_order_for_others_in_the_area_is_ignored_in_silence(street: Street) -> None:
    blob = street.tone(4)
    street.say(street.hq.play("theirs", blob, 4_000, only=[1, 2, 7]))
    street.say(street.hq.play("mine", blob, 4_000, only=[0, 5])).run(60)
    assert [line["order"] for line in street.started()] == [name_of("mine")]
    assert street.words(name_of("theirs-1")) == [] and not street.reports


def test_a_stop_for_others_does_not_stop_me(street: Street) -> None:
    street.say(street.hq.play("news", street.tone(4), 4_000))
    street.say(street.hq.stop("news", only=[3])).run(60)
    assert street.end(NEWS).state == "played"


def test_sound_that_does_not_decode_fails_and_says_why(street: Street) -> None:
    street.say(street.hq.play("news", street.blob(b"no sound at all" * 100, 4_000), 4_000)).run(60)
    assert not street.started()
    assert (street.end(NEWS).state, street.end(NEWS).reason) == ("failed", "decode_failed")


def test_sound_of_another_length_than_ordered_is_not_played(street: Street) -> None:
    street.say(street.hq.play("news", street.tone(6), 4_000)).run(60)
    assert not street.started()
    assert (street.end(NEWS).state, street.end(NEWS).reason) == ("failed", "wrong_duration")


def test_a_blob_that_can_never_fit_is_refused(street: Street) -> None:
    street.say(street.hq.play("news", street.blob(bytes(5 * 1024 * 1024), 600_000, 65_536), 600_000)).run(20)
    assert (street.end(NEWS).state, street.end(NEWS).reason) == ("refused", "no_space")


def test_the_volume_cap_holds_for_bulletins() -> None:
    sink = RecordingSink()
    street = Street(sink=sink).joined(volume=50)
    street.say(street.hq.play("news", street.tone(2), 2_000, volume=90)).run(60)
    assert [run.gain for run in sink.runs] == [0.25]
