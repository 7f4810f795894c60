"""An emergency: tone first, speech as soon as it has come, before everything else."""

import pytest

from devices.protocol.units import SECOND
from tests.firmware_sim.headquarters import T0, after, name_of
from tests.firmware_sim.street import RecordingSink, Street

FLOOD = name_of("flood")


class Coast(Street):
    """A street whose speaker holds the tone."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.siren = self.tone(3, 900)
        self.joined(clips={"tone": self.siren})

    def flood(self, rev: int = 1, **changes: object) -> "Coast":
        return self.say(self.hq.alert("flood", rev, self.siren, **changes), retain=True)

    def speech(self, seconds: float = 5, **changes: object) -> dict[str, object]:
        blob = self.tone(seconds, 300)
        return {"speech": blob, "speech_duration": round(seconds * 1000)} | changes

    def parts(self) -> list[tuple[str, int, float]]:
        """(part, cycle, seconds after T0) of everything that began."""
        return [(one["part"], one["repeat"], round((one["true"] - T0) / SECOND, 1)) for one in self.started()]


@pytest.fixture
def coast() -> Coast:
    return Coast()


def test_tone_and_speech_follow_each_other_at_once(coast: Coast) -> None:
    coast.flood(**coast.speech()).run(60)
    assert coast.parts() == [("tone", 0, 30.0), ("speech", 0, 33.0)]
    assert coast.words(FLOOD) == ["have", "playing", "played"]
    end = coast.end(FLOOD)
    assert (end.order, end.expected, end.restarts) == (FLOOD, 8_000, 0) and end.heard >= 7_998


def test_speech_at_its_instant_for_those_that_have_it(coast: Coast) -> None:
    coast.flood(**coast.speech(speech_at=after(40))).run(60)
    assert coast.parts() == [("tone", 0, 30.0), ("speech", 0, 40.0)]


def test_late_it_begins_at_once_and_never_in_the_middle(coast: Coast) -> None:
    coast.flood(start_at=after(2), **coast.speech(speech_at=after(6))).run(60)
    assert [(part, cycle) for part, cycle, _ in coast.parts()] == [("tone", 0), ("speech", 0)]
    assert coast.parts()[0][2] <= 10.1
    assert all(line["from_ms"] == 0 for line in coast.started())
    assert coast.end(FLOOD).state == "played"


def test_the_tone_sounds_while_the_speech_is_still_being_made(coast: Coast) -> None:
    coast.flood().run_until(after(50))
    assert coast.parts() == [("tone", 0, 30.0)] and coast.words(FLOOD) == ["playing"]
    coast.flood(rev=2, **coast.speech()).run(30)
    assert [part for part, _, _ in coast.parts()] == ["tone", "speech"]
    assert coast.parts()[1][2] < 51
    assert coast.words(FLOOD) == ["playing", "have", "played"]


def test_without_speech_it_fails_at_its_expiry(coast: Coast) -> None:
    coast.flood(expires_at=after(60)).run(70)
    assert (coast.end(FLOOD).state, coast.end(FLOOD).reason, coast.end(FLOOD).heard) == (
        "failed", "speech_missing", 3_000,
    )  # fmt: skip


def test_a_tone_may_be_all(coast: Coast) -> None:
    coast.flood(silent_speech=True, repeats=2, gap=2_000).run(60)
    assert coast.parts() == [("tone", 0, 30.0), ("tone", 1, 35.0)]
    assert coast.words(FLOOD) == ["have", "playing", "played"]


def test_cycles_stand_on_their_grid(coast: Coast) -> None:
    coast.flood(repeats=3, gap=4_000, **coast.speech(speech_at=after(35))).run(90)
    assert coast.parts() == [
        ("tone", 0, 30.0), ("speech", 0, 35.0),
        ("tone", 1, 44.0), ("speech", 1, 47.0),
        ("tone", 2, 56.0), ("speech", 2, 59.0),
    ]  # fmt: skip
    assert coast.end(FLOOD).state == "played"


def test_late_cycles_follow_what_came_before(coast: Coast) -> None:
    speech = coast.speech(speech_at=after(11))
    coast.flood(start_at=after(8), repeats=2, gap=0, **speech).run(60)
    late = coast.parts()[0][2]
    assert [one[2] - late for one in coast.parts()] == [pytest.approx(at, abs=0.15) for at in (0, 3, 8, 11)]


def test_a_lower_revision_and_the_same_again_change_nothing(coast: Coast) -> None:
    coast.flood(rev=2, **coast.speech()).run_until(after(31))
    coast.flood(rev=1, repeats=5).flood(rev=2, **coast.speech()).run(60)
    assert [part for part, _, _ in coast.parts()] == ["tone", "speech"]
    assert coast.words(FLOOD) == ["have", "playing", "played"] and not coast.reports


def test_through_several_areas_it_sounds_once(coast: Coast) -> None:
    coast.say(coast.hq.config(coast.device, 2, areas=(("area", 0), ("province", 7)), clips={"tone": coast.siren})).run(
        1
    )
    speech = coast.speech()
    coast.flood(**speech).say(coast.hq.alert("flood", 1, coast.siren, area="province", **speech))
    coast.say(coast.hq.alert("flood", 1, coast.siren, device=coast.device, **speech)).run(60)
    assert [part for part, _, _ in coast.parts()] == ["tone", "speech"] and not coast.reports


def test_a_correction_stops_the_old_speech_and_is_heard_from_its_beginning(coast: Coast) -> None:
    coast.flood(**coast.speech(20)).run_until(after(40))
    right = coast.tone(4, 500)
    coast.flood(rev=2, speech=right, speech_duration=4_000, speech_at=after(40)).run(60)
    assert [part for part, _, _ in coast.parts()] == ["tone", "speech", "speech"]
    assert coast.ended()[1]["why"] == "replaced"
    assert coast.started()[2]["sha256"] == right and coast.started()[2]["from_ms"] == 0
    assert coast.end(FLOOD).state == "played"


def test_a_correction_of_what_was_heard_already_is_heard_too(coast: Coast) -> None:
    coast.flood(**coast.speech()).run_until(after(60))
    right = coast.tone(4, 500)
    coast.flood(rev=2, speech=right, speech_duration=4_000, speech_at=after(60)).run(60)
    assert [line["sha256"] for line in coast.started("speech")][1:] == [right]
    assert coast.words(FLOOD) == ["have", "playing", "played", "have", "playing", "played"]


def test_a_new_revision_with_nothing_new_to_hear_is_silence(coast: Coast) -> None:
    speech = coast.speech()
    coast.flood(**speech).run_until(after(60))
    coast.flood(rev=2, **speech).run(60)
    assert len(coast.started()) == 2 and coast.words(FLOOD) == ["have", "playing", "played"]


@pytest.mark.parametrize("at", [31, 35])
def test_a_cancel_is_silence_at_once(coast: Coast, at: int) -> None:
    coast.flood(repeats=3, **coast.speech()).run_until(after(at))
    coast.flood(rev=2, action="cancel").run(60)
    assert coast.ended()[-1]["why"] == "cancelled"
    assert abs(coast.ended()[-1]["true"] - after(at)) < SECOND // 10
    assert coast.end(FLOOD).state == "cancelled"


def test_a_cancel_of_an_alert_never_heard_of_is_signed(coast: Coast) -> None:
    coast.flood(rev=2, action="cancel").run(5)
    assert coast.words(FLOOD) == ["cancelled"]
    coast.flood(rev=1, **coast.speech()).flood(rev=3, **coast.speech()).run(60)
    assert not coast.started() and coast.words(FLOOD) == ["cancelled"]


def test_it_interrupts_what_plays_at_once_and_gives_it_back(coast: Coast) -> None:
    coast.say(coast.hq.play("news", coast.tone(60, 350), 60_000)).run_until(after(35))
    coast.flood(start_at=after(35), **coast.speech(speech_at=after(38))).run(100)
    preempted, tone = coast.ended()[0], coast.started("tone")[0]
    assert preempted["why"] == "preempted"
    assert preempted["true"] - after(35) < SECOND // 10 and tone["true"] - after(35) < SECOND // 10
    resumed = coast.started("body")[1]
    assert resumed["resumed"] and abs(resumed["from_ms"] - (resumed["true"] - after(30)) // 1_000) < 20


def test_it_ignores_the_volume_cap(coast: Coast) -> None:
    sink = RecordingSink()
    quiet = Coast(sink=sink)
    quiet.say(quiet.hq.config(quiet.device, seq=2, clips={"tone": quiet.siren}, volume=10)).run(1)
    quiet.flood(**quiet.speech()).run(60)
    assert [run.gain for run in sink.runs] == [1.0, 1.0]


def test_a_bulletin_waits_until_it_is_over(coast: Coast) -> None:
    coast.say(coast.hq.play("news", coast.tone(3, 350), 3_000, start_at=after(32), max_late=60_000))
    coast.flood(repeats=2, gap=5_000, **coast.speech()).run(90)
    assert [part for part, _, _ in coast.parts()] == ["tone", "speech", "tone", "speech", "body"]


def test_waiting_for_its_speech_it_keeps_others_silent_but_not_for_ever(coast: Coast) -> None:
    coast.say(coast.hq.play("news", coast.tone(3, 350), 3_000, start_at=after(40), max_late=300_000))
    coast.flood().run(400)
    tone, body = coast.started()
    assert body["true"] - tone["true"] == pytest.approx(123 * SECOND, abs=2 * SECOND)


def test_two_alerts_do_not_mix_tone_and_speech(coast: Coast) -> None:
    coast.flood(**coast.speech())
    fire = coast.hq.alert("fire", 1, coast.siren, start_at=after(31), **coast.speech(4))
    coast.say(fire, retain=True).run(90)
    orders = [(line["order"], line["part"]) for line in coast.started()]
    flood, fire_id = name_of("flood"), name_of("fire")
    assert orders == [(flood, "tone"), (flood, "speech"), (fire_id, "tone"), (fire_id, "speech")]
    assert {coast.end(flood).state, coast.end(fire_id).state} == {"played"}


def test_a_missing_tone_does_not_hold_up_the_speech(coast: Coast) -> None:
    message = coast.hq.alert("flood", 1, "cd" * 32, **coast.speech())
    coast.say(message, retain=True).run(60)
    assert [part for part, _, _ in coast.parts()] == ["speech"]
    assert (coast.end(FLOOD).state, coast.end(FLOOD).reason) == ("failed", "tone_missing")


def test_no_sample_after_its_expiry(coast: Coast) -> None:
    coast.flood(expires_at=after(35), **coast.speech()).run(30)
    assert coast.ended()[-1]["why"] == "expired" and coast.ended()[-1]["true"] <= after(35) + 1_000
    assert coast.end(FLOOD).state == "failed"


def test_already_expired_it_is_signed_and_silent(coast: Coast) -> None:
    coast.run_until(after(700)).flood(**coast.speech()).run(10)
    assert not coast.started() and coast.words(FLOOD) == ["expired"]


def test_a_power_cut_repeats_the_interrupted_part_once_and_declares_it(coast: Coast) -> None:
    coast.flood(**coast.speech()).run_until(after(35))
    coast.power_cut()
    coast.run(2).power_on().connect().run(60)
    assert [(line["part"], line["restart"], line["from_ms"]) for line in coast.started()] == [
        ("tone", False, 0), ("speech", False, 0), ("speech", True, 0),
    ]  # fmt: skip
    assert (coast.end(FLOOD).state, coast.end(FLOOD).restarts) == ("played", 1)


def test_a_second_power_cut_in_the_same_part_is_not_repeated(coast: Coast) -> None:
    coast.flood(**coast.speech(20)).run_until(after(40))
    coast.power_cut()
    coast.run(2).power_on().connect().run(6).power_cut()
    coast.run(2).power_on().connect().run(60)
    assert len(coast.started("speech")) == 2
    assert (coast.end(FLOOD).state, coast.end(FLOOD).reason) == ("failed", "power_cut")


def test_a_reboot_without_a_network_still_finishes_it_once_the_time_is_known(coast: Coast) -> None:
    coast.flood(repeats=2, gap=1_000, **coast.speech()).run_until(after(39.5))
    coast.power_cut()
    coast.power_on().run(20)
    assert len(coast.started()) == 3, "no valid time, no sound"
    coast.connect().run(60)
    assert [line["part"] for line in coast.started()] == ["tone", "speech", "tone", "tone", "speech"]
    assert coast.end(FLOOD).state == "played"


def test_a_corrected_speech_is_not_repeated_after_a_power_cut(coast: Coast) -> None:
    coast.flood(**coast.speech(20)).run_until(after(40))
    coast.power_cut()
    right = coast.tone(4, 500)
    coast.flood(rev=2, speech=right, speech_duration=4_000, speech_at=after(40))
    coast.run(2).power_on().connect().run(60)
    assert [line["sha256"] for line in coast.started("speech")][1:] == [right]
    assert (coast.end(FLOOD).state, coast.end(FLOOD).restarts) == ("played", 0)


def test_a_correction_cut_short_twice_is_not_played(coast: Coast) -> None:
    coast.flood(**coast.speech()).run_until(after(60))
    right = coast.tone(20, 500)
    coast.flood(rev=2, speech=right, speech_duration=20_000, speech_at=after(60))
    for _ in range(2):
        coast.run(8).power_cut()
        coast.run(1).power_on().connect()
    coast.run(60)
    last = coast.receipts[-1]
    assert (last.state, last.reason) == ("failed", "power_cut")


def test_an_alert_that_another_kept_silent_to_its_end_expires(coast: Coast) -> None:
    coast.flood(start_at=after(20), repeats=3, **coast.speech(20))
    fire = coast.hq.alert("fire", 1, coast.siren, start_at=after(24), expires_at=after(35), **coast.speech(4))
    coast.say(fire, retain=True).run(120)
    assert (coast.end(name_of("fire")).state, coast.end(name_of("fire")).reason) == ("expired", "late")
