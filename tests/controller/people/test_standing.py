"""Which roles count now."""

import pytest

from controller.people.models import RoleGrant
from controller.people.standing import valid

TREE = {"province": None, "commune": "province", "hamlet": "commune", "other": "province"}


def grant(role: str = "approver", area: str | None = "commune", **said: object) -> RoleGrant:
    return RoleGrant(
        **({"id": "1", "person_id": "p", "role": role, "area_id": area, "since": 10, "given_by": "x"} | said)
    )


def counts(one: RoleGrant, lender: list[RoleGrant] | None = None, now: int = 20) -> bool:
    lenders = {} if lender is None else {"lender": lender}
    return bool(valid([one], lenders, now, lambda: TREE))


@pytest.mark.parametrize(
    ("said", "there"),
    [({}, True), ({"since": 20}, True), ({"since": 21}, False), ({"until": 21}, True), ({"until": 20}, False),
     ({"ended_at": 15}, False)],
)  # fmt: skip
def test_from_since_until_its_end(said: dict[str, int], there: bool) -> None:
    assert counts(grant(**said)) is there


@pytest.mark.parametrize(
    ("lender", "there"),
    [
        ([grant()], True),
        ([grant(area="province")], True),
        ([grant(area=None)], True),
        ([grant(area="hamlet")], False),
        ([grant(area="other")], False),
        ([grant("operator")], False),
        ([grant(until=20)], False),
        ([grant(ended_at=19)], False),
        ([grant(delegated_by="third")], False),
        ([], False),
        (None, False),
    ],
)
def test_what_is_lent_counts_while_the_lender_has_it(lender: list[RoleGrant] | None, there: bool) -> None:
    """None: the lender is disabled, or gone."""
    assert counts(grant(delegated_by="lender"), lender) is there


def test_the_whole_is_lent_only_by_who_has_the_whole() -> None:
    lent = grant(area=None, delegated_by="lender")
    assert counts(lent, [grant(area=None)]) and not counts(lent, [grant(area="province")])


def test_an_area_that_is_gone_is_nowhere() -> None:
    assert not counts(grant(area="gone", delegated_by="lender"), [grant(area="gone")])
