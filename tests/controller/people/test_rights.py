"""One table says who may do what; a role holds at its place and below, nowhere else."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.errors.callers import NotAllowed
from controller.people.callers import Caller
from controller.people.permissions import ROLES, Action, Role, carries
from controller.people.rights import Given, Place, Rights
from devices.areas import Parents, lineage

TREE: dict[str, str | None] = {
    "tỉnh": None, "huyện": "tỉnh", "xã A": "huyện", "xã B": "huyện", "ấp A1": "xã A", "ấp B1": "xã B",
    "tỉnh khác": None,
}  # fmt: skip


def rights(*given_: Given, tree: Parents = TREE) -> Rights:
    return Rights(given_, lambda: tree)


def test_the_table_of_roles() -> None:
    """Written out once more by hand: a change of the table must be meant."""
    sees = {Action.SEE}
    stops = {Action.BROADCAST_STOP, Action.BULLETIN_RECALL}
    writes = {Action.BULLETIN_CREATE, Action.BROADCAST_CREATE, Action.GLOSSARY_EDIT}
    assert ROLES["administrator"] == set(Action)
    assert ROLES["editor"] == sees | writes | {Action.PROGRAMME_EDIT}
    assert ROLES["approver"] == sees | stops | {Action.APPROVE}
    assert ROLES["operator"] == sees | writes | stops | {Action.UNAPPROVED}
    assert ROLES["emergency"] == sees | {Action.ALERT_CREATE, Action.ALERT_CANCEL}
    assert ROLES["technician"] == sees | {
        Action.DEVICE_REGISTER, Action.DEVICE_ENROL, Action.DEVICE_REVOKE, Action.ECHO_APPLY, Action.INCIDENT_CLOSE,
        Action.TRUST_EXPORT,
    }  # fmt: skip
    assert ROLES["auditor"] == sees | {Action.AUDIT_READ}
    assert ROLES["viewer"] == sees
    assert set(ROLES) == set(Role)


def test_only_emergency_and_administrators_sound_an_alarm() -> None:
    assert {role for role in ROLES if carries(role, Action.ALERT_CREATE)} == {"administrator", "emergency"}
    assert not carries("king", Action.SEE)


def test_a_role_holds_below_its_place_and_nowhere_else() -> None:
    editor = rights(Given("editor", "xã A"))
    assert [place for place in TREE if editor.may(Action.SEE, place)] == ["xã A", "ấp A1"]
    assert editor.areas(Action.SEE) == {"xã A", "ấp A1"}
    assert not editor.may(Action.SEE, None) and not editor.everywhere(Action.SEE)
    assert not editor.may(Action.SEE, "not there")
    assert editor.anywhere(Action.SEE) and not editor.anywhere(Action.ALERT_CREATE)


def test_what_sounds_around_a_place_is_heard_in_it() -> None:
    viewer = rights(Given("viewer", "xã A"))
    assert [place for place in TREE if viewer.within(Action.SEE, place)] == ["tỉnh", "huyện", "xã A", "ấp A1"]


def test_the_whole_installation() -> None:
    root = rights(Given("administrator"), tree={})
    assert root.may(Action.SEE, None) and root.may(Action.SEE, "not yet there") and root.areas(Action.SEE) is None


def test_a_role_can_be_narrowed_never_widened() -> None:
    narrow = rights(Given("operator", "xã A", frozenset({Action.SEE, Action.ALERT_CREATE})))
    assert narrow.may(Action.SEE, "xã A")
    assert not narrow.may(Action.BROADCAST_CREATE, "xã A") and not narrow.anywhere(Action.ALERT_CREATE)


def test_a_caller_must_hold_it_at_every_place() -> None:
    caller = Caller("key/1", "Xã A", "program", rights(Given("operator", "xã A")), 0)
    caller.require(Action.BROADCAST_CREATE, "xã A", "ấp A1")
    for places in (("xã A", "xã B"), ("huyện",), (None,)):
        with pytest.raises(NotAllowed):
            caller.require(Action.BROADCAST_CREATE, *places)
    with pytest.raises(NotAllowed):
        caller.require(Action.ALERT_CREATE)
    assert caller.only_seen(["xã B", "ấp A1"]) == ["ấp A1"]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[str, str | None], list[Given]]:
    names = [f"area {number}" for number in range(draw(st.integers(1, 12)))]
    tree = {name: draw(st.sampled_from([None, *names[:number]])) for number, name in enumerate(names)}
    places = st.sampled_from([None, *names, "gone"])
    return tree, draw(st.lists(st.builds(Given, st.sampled_from(list(Role)), places), max_size=4))


@given(worlds(), st.sampled_from(list(Action)))
def test_by_its_definition(world: tuple[dict[str, str | None], list[Given]], action: Action) -> None:
    tree, granted = world
    found = rights(*granted, tree=tree)
    roots = {one.area for one in granted if action in ROLES[one.role]}

    def held(places: Iterable[Place]) -> bool:
        return bool(roots & ({None} | set(places)))

    for area in tree:
        assert found.may(action, area) == held(lineage(area, tree))
        below = [other for other in tree if area in lineage(other, tree)]
        assert found.within(action, area) == (held(lineage(area, tree)) or bool(roots & set(below)))
    assert found.everywhere(action) == (None in roots)
    areas = found.areas(action)
    assert (areas is None) == (None in roots)
    assert areas is None or areas == {area for area in tree if found.may(action, area)}
