"""Roles, keys, policies and loans: nobody raises themselves, nobody locks everybody out, nobody gets around."""

from typing import Any

import pytest
from sqlmodel import select

from controller.approvals.catalogue import KEY, POLICY, ROLE, ROLE_END, STANDING
from controller.approvals.guarding import PolicyWish
from controller.approvals.staffing import RoleEnd, Standing
from controller.errors.approvals import PersonNeeded
from controller.errors.callers import NotAllowed
from controller.errors.people import DelegationInvalid, LastAdministrator, LinkRefused, OwnRole
from controller.people.api_keys import KeyWish
from controller.people.approval_rules import Policy
from controller.people.grants import RoleWish
from controller.people.inviting import invite
from controller.people.models import Person, RoleGrant
from controller.people.permissions import Action
from devices.protocol.units import DAY
from tests.controller.approvals.staff import Staff


@pytest.fixture
def an(staff: Staff) -> str:
    return staff.person("an", "administrator")


@pytest.fixture
def binh(staff: Staff) -> str:
    return staff.person("binh", "administrator")


def key_wish(staff: Staff, role: str, *areas: str, actions: tuple[str, ...] = ()) -> KeyWish:
    name = staff.office.new_id()
    return KeyWish(name, "Trạm", name, role, areas, actions)


def test_a_role_is_given_by_two(staff: Staff, an: str, binh: str) -> None:
    new = staff.person("moi")
    before = staff.now
    waiting = staff.ask(an, ROLE, RoleWish(new, "editor", staff.communes[0]))
    assert waiting.waits and not staff.caller(new).rights.anywhere(Action.SEE)
    staff.approve(binh, waiting.id)
    assert staff.caller(new).rights.may(Action.BROADCAST_CREATE, staff.communes[0])
    with staff.office.database.read() as session:
        assert session.get_one(Person, new).changed_at > before, "sessions from before are dead"


def test_nobody_gives_more_than_they_have_or_anything_to_themselves(staff: Staff, an: str, binh: str) -> None:
    local = staff.person("xa", "administrator", staff.communes[0])
    new = staff.person("moi")
    for role, area in (("viewer", staff.communes[1]), ("viewer", None), ("administrator", staff.province)):
        with pytest.raises(NotAllowed):
            staff.ask(local, ROLE, RoleWish(new, role, area))
    for who in (an, local):
        with pytest.raises(OwnRole):
            staff.ask(who, ROLE, RoleWish(who, "viewer", staff.communes[0]))
    editor = staff.person("soan", "editor")
    with pytest.raises(NotAllowed):
        staff.ask(editor, ROLE, RoleWish(new, "viewer"))


def test_the_last_administrator_stays(staff: Staff, an: str) -> None:
    grant = staff.grant(an, "administrator")
    with staff.office.database.read() as session:
        own = [row.id for row in session.exec(select(RoleGrant))]
    assert not staff.ask(an, ROLE_END, RoleEnd(grant)).waits, "one of two grants"
    with pytest.raises(LastAdministrator):
        staff.ask(an, ROLE_END, RoleEnd(next(one for one in own if one != grant)))
    with pytest.raises(LastAdministrator):
        staff.ask(an, STANDING, Standing(an, True))
    short = staff.person("tam")
    with staff.office.database.write() as session:
        session.add(
            RoleGrant(
                id=staff.office.new_id(), person_id=short, role="administrator", since=staff.now, given_by="",
                until=staff.now + DAY,
            )
        )  # fmt: skip
    with pytest.raises(LastAdministrator):
        staff.ask(an, STANDING, Standing(an, True))


def test_a_second_person_is_not_removed_by_one(staff: Staff, an: str, binh: str) -> None:
    with staff.office.database.read() as session:
        grant = next(row.id for row in session.exec(select(RoleGrant)) if row.person_id == binh)
    assert staff.ask(an, ROLE_END, RoleEnd(grant)).waits
    assert staff.ask(an, STANDING, Standing(binh, True)).waits
    with staff.office.database.write() as session, pytest.raises(LinkRefused):
        invite(session, binh, staff.act(staff.caller(an)), staff.office.chance.randbytes)
    assert staff.air(an, staff.province).waits, "An is still not alone"


def test_who_is_nobody_s_second_person_is_out_at_once(staff: Staff, an: str, binh: str) -> None:
    editor = staff.person("soan", "editor")
    assert not staff.ask(an, STANDING, Standing(editor, True)).waits
    assert staff.ask(an, STANDING, Standing(editor, False)).waits, "to let in again whoever has roles takes two"


@pytest.mark.parametrize(
    ("role", "actions", "waits"),
    [("viewer", (), False), ("administrator", ("see",), False), ("emergency", (), True), ("operator", (), True),
     ("technician", (), True), ("auditor", (), True)],
)  # fmt: skip
def test_a_key_that_can_do_more_than_look_is_made_by_two(
    staff: Staff, an: str, binh: str, role: str, actions: tuple[str, ...], waits: bool
) -> None:
    assert staff.ask(an, KEY, key_wish(staff, role, staff.communes[0], actions=actions)).waits is waits


def test_nobody_gives_a_key_what_they_do_not_hold(staff: Staff, an: str) -> None:
    local = staff.person("xa", "administrator", staff.communes[0])
    for areas in ((), (staff.province,), tuple(staff.communes)):
        with pytest.raises(NotAllowed):
            staff.ask(local, KEY, key_wish(staff, "viewer", *areas))
    narrowed = staff.key("administrator", actions=["key.create", "see"])
    with pytest.raises(NotAllowed):
        staff.ask(narrowed, KEY, key_wish(staff, "emergency"))


@pytest.mark.parametrize("kind", ["role", "key", "policy"])
def test_a_program_changes_no_rights_where_there_is_a_person(staff: Staff, kind: str) -> None:
    program, new = staff.key("administrator"), staff.person("moi")
    wishes: dict[str, tuple[Any, Any]] = {
        "role": (ROLE, RoleWish(new, "editor")),
        "key": (KEY, key_wish(staff, "emergency")),
        "policy": (POLICY, PolicyWish(None, Policy(from_speakers=5))),
    }
    assert not staff.ask(program, *wishes[kind]).waits, "nobody else is there"
    staff.person("an", "administrator")
    with pytest.raises(PersonNeeded):
        staff.ask(program, *(wishes[kind] if kind != "key" else (KEY, key_wish(staff, "emergency"))))


def test_a_policy_is_changed_by_two_and_never_loosens(staff: Staff, an: str, binh: str) -> None:
    for area, policy in ((staff.province, Policy(from_speakers=2)), (staff.communes[0], Policy())):
        waiting = staff.ask(an, POLICY, PolicyWish(area, policy))
        assert waiting.waits
        staff.approve(binh, waiting.id)
    assert staff.air(an, staff.communes[0]).waits
    assert not staff.ask(an, KEY, key_wish(staff, "viewer")).waits


def test_a_loan_ends_with_its_day_its_owner_or_its_owner_s_role(staff: Staff, an: str, binh: str) -> None:
    taker = staff.person("thay")
    staff.lend(binh, taker, "administrator", staff.communes[0], days=60)

    def has() -> bool:
        return staff.caller(taker).rights.may(Action.APPROVE, staff.communes[0])

    assert has() and not staff.caller(taker).rights.may(Action.APPROVE, staff.communes[1])
    staff.change(Person, binh, disabled_at=staff.now)
    assert not has()
    staff.change(Person, binh, disabled_at=None)
    assert has()
    with staff.office.database.read() as session:
        own = next(row.id for row in session.exec(select(RoleGrant)) if row.person_id == binh)
    staff.change(RoleGrant, own, ended_at=staff.now)
    assert not has()
    staff.change(RoleGrant, own, ended_at=None)
    staff.now += 60 * DAY
    assert not has()


def test_only_what_is_one_s_own_is_lent_and_not_for_long(staff: Staff, an: str) -> None:
    taker, third = staff.person("thay"), staff.person("ba")
    with pytest.raises(DelegationInvalid):
        staff.lend(an, taker, "administrator", days=61)
    with pytest.raises(NotAllowed):
        staff.lend(an, taker, "operator")
    staff.lend(an, taker, "administrator")
    with pytest.raises(NotAllowed):
        staff.lend(taker, third, "administrator")
