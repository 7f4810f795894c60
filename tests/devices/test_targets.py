"""Exactly the speakers that were meant, in as few messages as the tree allows."""

from hypothesis import given
from hypothesis import strategies as st

from devices.areas import lineage, meeting, topmost
from devices.protocol import bitmap
from devices.targets import Roster, cover

PARENTS = {"province": None, "a": "province", "b": "province", "a1": "a", "a2": "a", "b1": "b"}
HOMES = {f"s{number}": home for number, home in enumerate(["a1", "a1", "a2", "a2", "b1", "b", "a", "province"])}


def roster() -> Roster:
    numbers: dict[str, dict[str, int]] = {}
    for device, home in HOMES.items():
        for area in lineage(home, PARENTS):
            members = numbers.setdefault(area, {})
            members[device] = 7 * len(members)
    return Roster(PARENTS, HOMES, numbers)


@given(st.sets(st.sampled_from(sorted(HOMES)), min_size=1), st.sets(st.sampled_from(sorted(PARENTS))))
def test_the_cover_reaches_exactly_the_targets_once(devices: set[str], areas: set[str]) -> None:
    known = roster()
    reached: list[str] = []
    for aim in cover(devices, areas, known):
        if aim.area is None:
            named = {aim.device}
        else:
            assert aim.only is not None
            named = {d for d, number in known.numbers[aim.area].items() if bitmap.contains(aim.only, number)}
        assert named == aim.devices
        reached += named
    assert sorted(reached) == sorted(devices)


def test_a_whole_area_is_one_message() -> None:
    known = roster()
    assert [aim.area for aim in cover(HOMES, ["province"], known)] == ["province"]
    assert [aim.area for aim in cover(["s0", "s1", "s2"], ["a"], known)] == ["a"]


def test_one_speaker_alone_is_addressed_alone() -> None:
    assert [aim.target for aim in cover(["s4"], [], roster())] == ["dev/s4"]


def test_an_area_inside_another_adds_nothing() -> None:
    assert topmost(["a1", "a", "b1"], PARENTS) == ["a", "b1"]


@given(st.sets(st.sampled_from(sorted(PARENTS)), min_size=1))
def test_areas_meet_in_the_nearest_that_holds_them_all(areas: set[str]) -> None:
    common = [one for one in PARENTS if all(one in lineage(area, PARENTS) for area in areas)]
    assert meeting(areas, PARENTS) == max(common, key=lambda one: len(lineage(one, PARENTS)))
    assert meeting([], PARENTS) is None and meeting(["a", "other"], PARENTS | {"other": None}) is None


def test_who_may_not_know_that_it_moved_is_reached_where_it_stood_too() -> None:
    known = roster()
    moved = Roster(known.parents, known.home, known.numbers, frozenset({("s0", "a"), ("s1", "a")}), {"b": {"s0": 40}})
    aims = {aim.area: aim.devices for aim in cover(["s0", "s1", "s2"], ["a"], moved)}
    assert aims["a"] == {"s0", "s1", "s2"}
    assert aims["b"] == {"s0"}, "and where it moved with its home, by its home"
    assert {aim.target for aim in cover(["s0", "s1", "s2"], ["province"], moved)} == {"area/province"}
