"""Whatever one person does, with any number of sessions, keys, loans and made-up people: not everyone hears it."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from controller.alerts.models import AlertRow
from controller.approvals.catalogue import GROUP, KEY, POLICY, PROGRAMME, ROLE, ROLE_END, STANDING
from controller.approvals.everyone import reach
from controller.approvals.guarding import PolicyWish
from controller.approvals.planning import GroupChanged, ProgrammeMade
from controller.approvals.staffing import RoleEnd, Standing
from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery
from controller.errors.base import LoaError
from controller.people.api_keys import HOLDER as KEY_HOLDER
from controller.people.api_keys import KeyWish
from controller.people.approval_models import ApprovalRequest
from controller.people.approval_rules import Policy
from controller.people.grants import RoleWish
from controller.people.models import ApiKey, RoleGrant
from controller.programmes.groups import create_group
from scheduler.programmes.models import ProgrammeRow
from scheduler.programmes.programme import Programme
from tests.controller.approvals.staff import Staff, person_id

ROLES = ["administrator", "operator", "emergency", "approver", "editor"]
STEPS = st.tuples(
    st.sampled_from(["air", "warn", "plan", "group", "lend", "role", "key", "approve", "disable", "end", "policy"]),
    st.integers(0, 7), st.integers(0, 7),
)  # fmt: skip


class Villain:
    """An administrator who is not the only one, with two people whom they made up, and every key that they get."""

    def __init__(self, folder: Path) -> None:
        self.staff = staff = Staff(folder)
        self.own = staff.person("an", "administrator")
        self.other = staff.person("binh", "administrator")
        self.hands = [self.own, staff.person("con-roi"), staff.person("con-roi-2")]
        self.places = [(staff.province,), *((one,) for one in staff.communes), tuple(staff.communes)]
        with staff.office.database.write() as session:
            self.group = create_group(session, "Chợ", [staff.speakers[0]], staff.office.act(), staff.office.new_id)

    def step(self, deed: str, one: int, two: int) -> None:
        hand, places = self._hands()[one % len(self._hands())], self.places[two % len(self.places)]
        doing: dict[str, Callable[[], object]] = {
            "air": lambda: self.staff.air(hand, *places),
            "warn": lambda: self.staff.warn(hand, *places),
            "plan": lambda: self.staff.ask(hand, PROGRAMME, ProgrammeMade(self._programme(places), "append")),
            "group": lambda: self.staff.ask(
                hand, GROUP, GroupChanged(self.group, "Chợ", tuple(self.staff.speakers[: two + 1]))
            ),
            "lend": lambda: self.staff.lend(self.own, self.hands[1 + two % 2], "administrator"),
            "role": lambda: self.staff.ask(hand, ROLE, RoleWish(self.hands[two % 3], ROLES[two % 5])),
            "key": lambda: self.staff.ask(hand, KEY, self._key(ROLES[two % 5])),
            "approve": lambda: self.staff.approve(hand, self._waiting()[two % len(self._waiting())]),
            "disable": lambda: self.staff.ask(hand, STANDING, Standing(self.other, True)),
            "end": lambda: self.staff.ask(hand, ROLE_END, RoleEnd(self._grant_of(self.other))),
            "policy": lambda: self.staff.ask(hand, POLICY, PolicyWish(None, Policy())),
        }  # fmt: skip
        try:
            doing[deed]()
        except (LoaError, ZeroDivisionError):
            return

    def heard(self) -> set[str]:
        """All speakers at which anything at all was made to sound."""
        with self.staff.office.database.read() as session:
            orders = [*session.exec(select(Broadcast.id)), *session.exec(select(AlertRow.id))]
            devices = {row.device_id for row in session.exec(select(Delivery)) if row.order_id in orders}
            said = [Programme.model_validate(one) for one in session.exec(select(ProgrammeRow.said))]
            return devices | reach(session, said)

    def _hands(self) -> list[str]:
        """Every person and every key through which they act."""
        with self.staff.office.database.read() as session:
            return self.hands + [KEY_HOLDER + one for one in session.exec(select(ApiKey.id))]

    def _waiting(self) -> list[str]:
        with self.staff.office.database.read() as session:
            return list(session.exec(select(ApprovalRequest.id)))

    def _grant_of(self, person: str) -> str:
        with self.staff.office.database.read() as session:
            return session.exec(select(RoleGrant.id).where(RoleGrant.person_id == person)).one()

    def _programme(self, places: tuple[str, ...]) -> Programme:
        targets = {"areas": places} if len(places) > 1 or places[0] != self.places[1][0] else {"groups": [self.group]}
        return Programme.model_validate(
            {
                "title": "Tin", "owner": places[0], "content": {"kind": "bulletin", "bulletin": self.staff.bulletin},
                "targets": targets,
                "recurrence": {"days": {"kind": "daily"}, "times": ["05:00"], "first": "2026-11-23"},
            }
        )  # fmt: skip

    def _key(self, role: str) -> KeyWish:
        name = self.staff.office.new_id()
        return KeyWish(name, "khóa", name, role, (self.staff.communes[0],))


STORIES = st.lists(STEPS, min_size=4, max_size=14)


@settings(max_examples=5)
@given(story=STORIES)
def test_no_story_of_one_person_is_heard_by_everyone(story: list[tuple[str, int, int]]) -> None:
    live(story)


@pytest.mark.full
@settings(max_examples=100)
@given(story=STORIES)
def test_no_story_of_a_hundred_is_heard_by_everyone(story: list[tuple[str, int, int]]) -> None:
    live(story)


@pytest.mark.rehearse
@pytest.mark.timeout(900)
@settings(max_examples=300)
@given(story=STORIES)
def test_no_story_of_many_is_heard_by_everyone(story: list[tuple[str, int, int]]) -> None:
    live(story)


def live(story: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        villain = Villain(Path(folder))
        for deed, one, two in story:
            villain.step(deed, one, two)
            assert villain.heard() != set(villain.staff.speakers), villain.staff.record()
        assert villain.staff.caller(villain.other).rights.given, "and the other one is still there"
        villain.staff.office.database.close()


def test_the_same_story_with_the_other_one_s_consent_is_heard() -> None:
    with tempfile.TemporaryDirectory() as folder:
        villain = Villain(Path(folder))
        villain.step("air", 0, 0)
        villain.staff.approve(villain.other, villain._waiting()[0])
        assert villain.heard() == set(villain.staff.speakers)
        assert villain.staff.broadcasts()[0].created_by_id == person_id(villain.own)
        villain.staff.office.database.close()
