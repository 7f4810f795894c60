"""What is taken away at one moment and given back at a later one is one spell."""

from hypothesis import given, settings
from hypothesis import strategies as st

from devices.protocol.units import HOUR, SECOND
from firmware_sim.village.deeds.catalogue import DEEDS
from firmware_sim.village.faults.catalogue import PROGRAMMES
from firmware_sim.village.happenings import Happening
from firmware_sim.village.rehearsal import Wish
from firmware_sim.village.timeline import BEGINS, BULLETINS, ENDS, LASTS, MOMENTS, SAID, Spell, lanes


def spells(*played: Happening) -> dict[str, tuple[Spell, ...]]:
    return {lane.name: lane.spells for lane in lanes(played, HOUR)}


def spell(begin: int, end: int, *poles: int) -> Spell:
    return Spell(begin, end, frozenset(poles))


def test_each_pole_has_its_own_spell_and_equal_ones_are_one() -> None:
    told = spells(
        Happening(10, "radio_lost", ((0, 1, 2),)), Happening(15, "radio_lost", ((2,),)),
        Happening(20, "radio_back", ((1,),)), Happening(30, "radio_back", ((0, 2),)),
        Happening(40, "radio_back", ((0,),)),
    )  # fmt: skip
    assert told == {"radio gone": (spell(10, 20, 1), spell(10, 30, 0, 2))}


def test_what_does_not_come_back_is_mended_at_the_end() -> None:
    told = spells(
        Happening(10, "broker_dies"), Happening(20, "power_lost", ((3,),)), Happening(30, "silent", ((1,), 2 * HOUR))
    )
    assert told == {
        "broker down": (spell(10, HOUR),), "mains gone": (spell(20, HOUR, 3),), "link silent": (spell(30, HOUR, 1),),
    }  # fmt: skip


def test_a_boot_is_a_moment_and_brings_no_mains_back() -> None:
    told = spells(Happening(10, "power_lost", ((3,),)), Happening(20, "reboot", ((3,),)))
    assert told == {"box rebooted": (spell(20, 20, 3),), "mains gone": (spell(10, HOUR, 3),)}


def test_a_bulletin_stands_where_it_is_to_sound() -> None:
    told = spells(Happening(SECOND, "order", (0, 10.0, 60.0, "all", 1, 440, 0, 2)), Happening(5, "alert", (1, 5.0)))
    assert told == {"alerts": (spell(5, 5),), BULLETINS: (spell(61 * SECOND, 81 * SECOND),)}


def test_a_lane_knows_its_poles_and_how_long_it_lasted_over_all() -> None:
    (lane,) = lanes([Happening(0, "radio_lost", ((1, 2),)), Happening(SECOND, "radio_back", ((1,),))], 3 * SECOND)
    assert (lane.poles, lane.lasted) == (frozenset((1, 2)), 4 * SECOND)


def test_every_word_has_a_place() -> None:
    assert DEEDS.keys() - {"order", "remember"} == {*BEGINS, *ENDS, *LASTS, *MOMENTS}


@settings(max_examples=30)
@given(st.integers(0, 1_000), st.sampled_from((0.03, 0.5, 7.0)), st.sets(st.sampled_from(sorted(PROGRAMMES))))
def test_every_history_can_be_told_and_no_fault_lasts_beyond_its_end(seed: int, days: float, faults: set[str]) -> None:
    wish = Wish(seed, days, 20, tuple(sorted(faults)))
    told = lanes(wish.history(), wish.span)
    troubles = [lane for lane in told if lane.name not in SAID]
    assert bool(troubles) == bool(faults)
    assert all(0 <= one.begin <= one.end <= wish.span for lane in troubles for one in lane.spells)
    assert all(one.begin <= one.end for lane in told for one in lane.spells)
