"""When a second person is needed: every combination, and every pair of the table of states."""

from itertools import product

import pytest

from controller.people.approval_rules import By, Facts, Nature, Policy, Reason, second_person, strictest
from controller.people.approval_states import ApprovalEvent, ApprovalState, state_at, step

S, E, R, N = ApprovalState, ApprovalEvent, Reason, Nature
ENDS = {E.APPROVE: S.APPROVED, E.REFUSE: S.REFUSED, E.WITHDRAW: S.WITHDRAWN, E.EXPIRE: S.EXPIRED, E.FAIL: S.FAILED}

POLICIES = {
    "nothing": Policy(),
    "rank": Policy(ranks=frozenset({"priority"})),
    "size": Policy(from_speakers=50),
    "share": Policy(from_percent=50),
    "source": Policy(sources=frozenset({"upload"})),
    "program": Policy(sources=frozenset({"program"})),
}


@pytest.mark.parametrize(("state", "event"), list(product(S, E)))
def test_every_pair(state: ApprovalState, event: ApprovalEvent) -> None:
    assert step(state, event) is (ENDS[event] if state is S.WAITING else state)


@pytest.mark.parametrize("state", list(S))
def test_what_waits_ends_with_its_time(state: ApprovalState) -> None:
    assert state_at(state, 10, 9) is state
    assert state_at(state, 10, 10) is (S.EXPIRED if state is S.WAITING else state)


def expected(policy: str, wish: Facts, by: By) -> Reason | None:
    """The rule in the words of the page, one line each."""
    if wish.nature is N.SENSITIVE:
        return R.SENSITIVE
    if not by.person:
        return R.SOURCE if policy == "program" and wish.nature is N.SOUND else None
    if wish.everyone:
        return R.EVERYONE
    if wish.nature is N.ALERT:
        return None
    if not by.unapproved:
        return R.ROLE
    return {
        "rank": R.RANK if wish.rank == "priority" else None,
        "size": R.SIZE if wish.speakers >= 50 else None,
        "share": R.SIZE if wish.speakers >= 50 else None,
        "source": R.SOURCE if "upload" in wish.sources else None,
    }.get(policy)


@pytest.mark.parametrize("policy", POLICIES)
def test_every_combination(policy: str) -> None:
    tried = 0
    for nature, everyone, speakers, rank, source, person, unapproved in product(
        N, (False, True), (49, 50), ("normal", "priority"), ("text", "upload"), (False, True), (False, True)
    ):
        wish = Facts(nature, everyone, speakers, 100, rank, frozenset({source}))
        by = By(person, unapproved)
        assert second_person(POLICIES[policy], wish, by) is expected(policy, wish, by), (wish, by)
        tried += 1
    assert tried == 192


def test_the_stricter_holds() -> None:
    above = Policy(frozenset({"priority"}), frozenset({"text"}), 50, None, 48)
    below = Policy(frozenset(), frozenset({"upload"}), 80, 20, 12)
    both = Policy(frozenset({"priority"}), frozenset({"text", "upload"}), 50, 20, 12)
    assert strictest([above, below]) == strictest([below, above]) == both
    assert strictest([]) == Policy()
