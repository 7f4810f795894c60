"""Creator is not approver: whatever session, key, loan or name they come with."""

import pytest

from controller.approvals.asking import NOBODY_ELSE
from controller.approvals.catalogue import ROLE
from controller.approvals.deciding import refuse, withdraw
from controller.errors.approvals import ApprovalOver, ApprovalUnknown, CodeNeeded, OwnRequest, PersonNeeded
from controller.errors.callers import NotAllowed
from controller.people.approval_rules import Policy
from controller.people.grants import RoleWish
from controller.people.models import Person
from controller.people.policies import set_policy
from devices.protocol.units import HOUR, SECOND
from tests.controller.approvals.staff import Staff, person_id


@pytest.fixture
def heads(staff: Staff) -> tuple[str, str]:
    """Two administrators of the installation."""
    return staff.person("an", "administrator"), staff.person("binh", "administrator")


def test_everyone_needs_two_people(staff: Staff, heads: tuple[str, str]) -> None:
    an, binh = heads
    for areas in ([staff.province], staff.communes):
        waiting = staff.air(an, *areas)
        assert waiting.waits and staff.broadcasts() == []
        staff.decide(withdraw, an, waiting.id)
    waiting = staff.air(an, staff.province)
    done = staff.approve(binh, waiting.id)
    (order,) = staff.broadcasts()
    assert (done.state, done.result) == ("approved", order.id)
    assert (order.created_by, order.approved_by, order.created_by_id) == ("An", "Binh", person_id(an))
    assert not staff.air(an, staff.communes[0]).waits


def test_parts_of_everyone_add_up(staff: Staff, heads: tuple[str, str]) -> None:
    an, _ = heads
    first, second = staff.communes
    assert not staff.air(an, first).waits
    assert staff.air(an, second).waits
    assert not staff.air(an, second, start_at=staff.now + 3 * HOUR).waits, "hours apart is no sounding together"


def test_what_a_loan_ordered_adds_up_too(staff: Staff, heads: tuple[str, str]) -> None:
    an, _ = heads
    puppet = staff.person("con-roi")
    staff.lend(an, puppet, "administrator")
    assert not staff.air(an, staff.communes[0]).waits
    assert staff.air(puppet, staff.communes[1]).waits


def test_an_alert_to_everyone_waits_for_a_person_and_never_for_a_program(staff: Staff, heads: tuple[str, str]) -> None:
    duty = staff.person("truc", "emergency")
    assert staff.warn(duty, staff.province).waits
    assert not staff.warn(duty, staff.communes[0]).waits
    assert not staff.warn(staff.key("emergency"), staff.province).waits


def test_an_editor_waits_for_an_approver_of_all_places(staff: Staff, heads: tuple[str, str]) -> None:
    first, second = staff.communes
    editor = staff.person("soan", "editor", first)
    waiting = staff.air(editor, first)
    assert waiting.waits
    stranger = staff.person("la", "approver", second)
    with pytest.raises(ApprovalUnknown):
        staff.approve(stranger, waiting.id)
    with pytest.raises(NotAllowed):
        staff.air(editor, second)
    near = staff.person("duyet", "approver", first)
    assert staff.approve(near, waiting.id).state == "approved"


@pytest.mark.parametrize("disguise", ["same", "renamed", "key", "delegate", "lender", "fellow"])
def test_nobody_is_their_own_second_person(staff: Staff, heads: tuple[str, str], disguise: str) -> None:
    an, binh = heads
    puppet, other = staff.person("con-roi"), staff.person("con-roi-2")
    asks, decides, refused = an, an, OwnRequest
    if disguise == "renamed":
        staff.change(Person, an, name="Khác", login="khac")
    elif disguise == "key":
        decides, refused = staff.key("administrator", person_id(an)), PersonNeeded
    elif disguise == "delegate":
        staff.lend(an, puppet, "administrator")
        decides = puppet
    elif disguise == "lender":
        staff.lend(an, puppet, "administrator")
        asks = puppet
    elif disguise == "fellow":
        staff.lend(an, puppet, "administrator")
        staff.lend(an, other, "administrator")
        asks, decides = puppet, other
    waiting = staff.air(asks, staff.province)
    assert waiting.waits
    with pytest.raises(refused):
        staff.approve(decides, waiting.id)
    assert staff.broadcasts() == []
    assert staff.approve(binh, waiting.id).state == "approved"


def test_a_loan_that_ended_leaves_its_mark_on_what_was_asked(staff: Staff, heads: tuple[str, str]) -> None:
    an, _ = heads
    puppet = staff.person("con-roi")
    staff.lend(an, puppet, "administrator", days=1)
    waiting = staff.air(puppet, staff.province)
    staff.now += 25 * HOUR
    with pytest.raises(OwnRequest):
        staff.approve(an, waiting.id)


def test_lending_somebody_a_role_does_not_make_oneself_alone(staff: Staff, heads: tuple[str, str]) -> None:
    an, binh = heads
    staff.lend(an, binh, "administrator")
    assert staff.air(an, staff.province).waits


def test_a_loan_does_not_make_its_taker_alone(staff: Staff, heads: tuple[str, str]) -> None:
    """Whoever lends is not one's second person, but could decide all the same: one is not alone."""
    an, binh = heads
    staff.lend(binh, an, "administrator", staff.communes[0])
    assert staff.air(an, staff.province).waits
    deputy = staff.person("thay", "editor")
    staff.change(Person, binh, disabled_at=staff.now)
    staff.lend(an, deputy, "administrator")
    assert staff.air(deputy, staff.province).waits
    assert staff.ask(deputy, ROLE, RoleWish(staff.person("moi"), "administrator", staff.communes[0])).waits


def test_who_is_alone_gives_a_code_for_a_sensitive_change(staff: Staff) -> None:
    an, new = staff.person("an", "administrator"), staff.person("moi")
    wish = RoleWish(new, "editor")
    for proved_at in (0, staff.now - 11 * 60 * SECOND):
        staff.proved_at = proved_at
        with pytest.raises(CodeNeeded):
            staff.ask(an, ROLE, wish)
        assert not staff.air(an, staff.province).waits, "to speak to everyone is no such change"
    staff.proved_at = staff.now - 9 * 60 * SECOND
    assert not staff.ask(an, ROLE, wish).waits
    staff.proved_at = 0
    staff.person("binh", "administrator")
    assert staff.ask(an, ROLE, RoleWish(new, "viewer")).waits, "the second person is enough"


def test_parts_of_many_speakers_add_up(staff: Staff, heads: tuple[str, str]) -> None:
    an, _ = heads
    with staff.office.database.write() as session:
        set_policy(session, None, Policy(from_speakers=2), staff.act(staff.caller(an)))
    one, other, *_ = staff.speakers
    assert not staff.air(an, devices=(one,)).waits
    assert not staff.air(an, devices=(one,)).waits, "the same one again is one"
    assert staff.air(an, devices=(other,)).waits


def test_a_delegate_stands_in_for_others_requests(staff: Staff, heads: tuple[str, str]) -> None:
    _, binh = heads
    deputy = staff.person("thay")
    staff.lend(binh, deputy, "administrator")
    waiting = staff.air(heads[0], staff.province)
    assert staff.approve(deputy, waiting.id).state == "approved"


def test_who_lost_the_right_is_not_approved(staff: Staff, heads: tuple[str, str]) -> None:
    an, _ = heads
    editor = staff.person("soan", "editor", staff.communes[0])
    waiting = staff.air(editor, staff.communes[0])
    staff.change(Person, editor, disabled_at=staff.now)
    failed = staff.approve(an, waiting.id)
    assert (failed.state, failed.problem, staff.broadcasts()) == ("failed", "asker_may_not", [])


def test_alone_only_where_nobody_else_could(staff: Staff) -> None:
    an = staff.person("an", "administrator")
    editor = staff.person("soan", "editor")
    asked = staff.person("moi", "administrator", ready=False)
    assert asked and not staff.air(an, staff.province).waits, "who cannot log in yet is nobody's second person"
    assert [line.who for line in staff.record() if line.detail == NOBODY_ELSE] == ["An"]
    assert staff.air(editor, staff.province).waits, "there is one who could: not alone"


def test_a_second_click_changes_nothing_and_another_one_learns_that_it_is_over(
    staff: Staff, heads: tuple[str, str]
) -> None:
    an, binh = heads
    third = staff.person("chi", "administrator")
    waiting = staff.air(an, staff.province)
    assert staff.approve(binh, waiting.id).result == staff.approve(binh, waiting.id).result
    assert len(staff.broadcasts()) == 1
    for decide in (refuse, withdraw):
        with pytest.raises(ApprovalOver):
            staff.decide(decide, third, waiting.id)


def test_refused_and_withdrawn_sound_nowhere(staff: Staff, heads: tuple[str, str]) -> None:
    an, binh = heads
    refused, taken_back = staff.air(an, staff.province), staff.air(an, staff.province)
    assert staff.decide(refuse, binh, refused.id).state == "refused"
    with pytest.raises(NotAllowed):
        staff.decide(withdraw, binh, taken_back.id)
    assert staff.decide(withdraw, an, taken_back.id).state == "withdrawn"
    for over in (refused, taken_back):
        with pytest.raises(ApprovalOver):
            staff.approve(binh, over.id)
    assert staff.broadcasts() == []


@pytest.mark.parametrize(("start", "wait"), [(None, 48 * HOUR), (HOUR, HOUR)])
def test_nothing_is_approved_late(staff: Staff, heads: tuple[str, str], start: int | None, wait: int) -> None:
    an, binh = heads
    waiting = staff.air(an, staff.province, start_at=start and staff.now + start)
    staff.now += wait + SECOND
    with pytest.raises(ApprovalOver) as over:
        staff.approve(binh, waiting.id)
    assert over.value.data["state"] == "expired" and staff.broadcasts() == []


@pytest.mark.parametrize("change", ["speaker", "sound"])
def test_what_has_changed_since_is_asked_anew(staff: Staff, heads: tuple[str, str], change: str) -> None:
    from controller.library.models import Bulletin

    an, binh = heads
    waiting = staff.air(an, staff.province)
    if change == "speaker":
        staff.office.speaker(staff.communes[0])
    else:
        staff.change(Bulletin, staff.bulletin, sha256=staff.office.blob(3.0, 300.0))
    failed = staff.approve(binh, waiting.id)
    assert (failed.state, failed.problem, staff.broadcasts()) == ("failed", "changed_since", [])


def test_one_speaker_is_not_everyone_wherever_it_stands(staff: Staff, heads: tuple[str, str]) -> None:
    """A speaker directly in a topmost area, where there are others."""
    an, _ = heads
    alone = staff.office.register(staff.province, ["Loa tỉnh"])
    assert not staff.air(an, devices=tuple(alone)).waits
    assert staff.air(an, staff.province).waits
