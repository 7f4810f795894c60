"""Fault programmes and the office's week: drawn from a seed, of words that are known, about poles that stand there."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.protocol.units import DAY, HOUR, MINUTE
from firmware_sim import runtime
from firmware_sim.errors import UnknownDeed, UnknownProgramme
from firmware_sim.village.deeds.catalogue import DEEDS, known
from firmware_sim.village.faults.catalogue import PROGRAMMES, history, meaning, named
from firmware_sim.village.happenings import Happening, Scene, Value, now_and_then, some
from firmware_sim.village.rehearsal import Wish

WISHES = st.builds(
    Wish, seed=st.integers(0, 10_000), days=st.sampled_from((0.01, 0.03, 0.1, 0.5, 1.0, 3.0)),
    speakers=st.integers(2, 60),
)  # fmt: skip
EXAMPLES = settings(max_examples=30)


@pytest.mark.parametrize("name", sorted(PROGRAMMES))
@EXAMPLES
@given(wish=WISHES)
def test_a_programme_repeats_itself_and_speaks_of_what_there_is(name: str, wish: Wish) -> None:
    scene = wish.scene
    drawn = list(PROGRAMMES[name](scene, runtime.dice(wish.seed)))
    assert drawn == list(PROGRAMMES[name](scene, runtime.dice(wish.seed)))
    assert drawn, "whatever the scene, it does something"
    for one in drawn:
        assert one.deed in DEEDS and 0 <= one.at < 2 * scene.span + 2 * HOUR
        for value in one.of if one.deed != "programme" else ():  # which speaks of minutes
            assert not isinstance(value, tuple) or (value and set(value) <= set(scene.everybody))


@EXAMPLES
@given(WISHES, st.sets(st.sampled_from(sorted(PROGRAMMES))))
def test_a_history_is_in_order_within_its_scene_and_the_same_again(wish: Wish, faults: set[str]) -> None:
    asked = replace(wish, faults=tuple(sorted(faults)))
    told = asked.history()
    assert told == asked.history()
    assert [one.at for one in told] == sorted(one.at for one in told)
    assert all(one.deed in DEEDS and 0 <= one.at < asked.span for one in told)


@EXAMPLES
@given(WISHES, st.sampled_from(sorted(PROGRAMMES)))
def test_a_fault_changes_nothing_of_what_the_office_does(wish: Wish, fault: str) -> None:
    quiet = history(wish.scene, wish.seed, ())
    assert [one for one in history(wish.scene, wish.seed, (fault,)) if one in set(quiet)] == list(quiet)


@EXAMPLES
@given(WISHES)
def test_everybody_stands_in_one_hamlet(wish: Wish) -> None:
    scene = wish.scene
    assert sorted(pole for hamlet in scene.hamlets for pole in hamlet) == list(scene.everybody)
    assert all(scene.hamlets)


@pytest.mark.parametrize("seed", range(20))
def test_a_storm_takes_a_third_of_the_hamlets_for_hours(seed: int) -> None:
    scene = Wish(seed, 7, 60).scene
    told = list(PROGRAMMES["storm"](scene, runtime.dice(seed)))
    taken, given_back = told[::2], told[1::2]
    assert len(taken) % 2 == 0, "two of the six hamlets each time"
    for lost, back in zip(taken, given_back, strict=True):
        assert (lost.deed, back.deed) == ("radio_lost", "radio_back")
        assert lost.of == back.of and lost.of[0] in scene.hamlets
        assert 2 * HOUR <= back.at - lost.at < 8 * HOUR


@pytest.mark.parametrize(
    ("name", "begun", "ended"), [("hostile", "remember", "roll_back"), ("keys", "leaked", "thief")]
)
def test_what_is_begun_in_a_short_scene_is_ended_in_it(name: str, begun: str, ended: str) -> None:
    for seed in range(60):
        deeds = [one.deed for one in Wish(seed, 0.02, 20, (name,)).history()]
        assert deeds.count(begun) == deeds.count(ended)


def test_a_commune_speaks_five_times_a_day() -> None:
    week = Wish(3, 7, 200).history()
    assert sum(one.deed == "order" for one in week) >= 35
    assert not [one for one in week if one.deed not in {"order", "stop", "alert", "cancel"}]


def test_now_and_then_begins_and_never_leaves_the_scene() -> None:
    scene = Scene(4, ((0, 1), (2, 3)), DAY)
    counts = [len(list(now_and_then(scene, runtime.dice(seed), HOUR))) for seed in range(200)]
    assert min(counts) >= 1 and 22 < sum(counts) / len(counts) < 26, "once an hour"
    assert all(0 <= at < DAY for seed in range(50) for at in now_and_then(scene, runtime.dice(seed), 10 * DAY))


def test_some_are_at_least_one_and_at_most_so_many() -> None:
    drawn = [some(runtime.dice(seed), range(5), 3) for seed in range(100)]
    assert {len(poles) for poles in drawn} == {1, 2, 3}
    assert all(list(poles) == sorted(set(poles)) for poles in drawn)


def test_programmes_are_asked_for_by_name() -> None:
    assert named(" storm,kill, storm") == ("storm", "kill")
    assert named("") == named("none") == ()
    assert named("all") == named("kill,all") == tuple(PROGRAMMES)
    with pytest.raises(UnknownProgramme) as refused:
        named("storm,locusts")
    assert refused.value.data == {"fault": "locusts"}


@pytest.mark.parametrize("said", [("radio_lots", ((1,),)), ("radio_lost", ()), ("flash_full", ((1,), 3, 4))])
def test_a_word_that_is_none_is_found_before_anything_happens(said: tuple[str, tuple[Value, ...]]) -> None:
    well = Happening(0, "radio_lost", ((1,),))
    assert known((well,)) == (well,)
    with pytest.raises(UnknownDeed) as refused:
        known((well, Happening(5, *said)))
    assert refused.value.data == {"deed": said[0], "of": len(said[1])}


def test_every_programme_has_a_sentence_of_its_own() -> None:
    said = {meaning(name) for name in PROGRAMMES}
    assert len(said) == len(PROGRAMMES) and all(one.endswith(".") for one in said)


def test_a_happening_is_told_in_a_line() -> None:
    assert str(Happening(90 * 1_000_000, "radio_lost", ((1, 2),))) == "      90.0 s  radio_lost (1, 2)"
    assert str(Happening(MINUTE, "radio_lost", (tuple(range(40)),))).endswith("(0, 1, ... 40 poles)")
    assert str(Happening(0, "remember")) == "       0.0 s  remember"
