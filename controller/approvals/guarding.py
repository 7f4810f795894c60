"""Wishes about the locks themselves: a key for a program, and when a second person is needed."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlmodel import Session

from controller.approvals.deed import Deed, Ports, Seen
from controller.people.api_keys import KeyWish, keep_key
from controller.people.approval_rules import Nature, Policy
from controller.people.audit import Act
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.people.policies import said_of, set_policy
from controller.people.rights import Given


@dataclass(frozen=True)
class PolicyWish:
    """`area`: None for the installation."""

    area: str | None
    policy: Policy


class KeyMaking(Deed[KeyWish]):
    """A key that can do more than look sounds or changes something without a hand: so two people make it."""

    kind = "key"
    action = Action.KEY_CREATE
    nature = Nature.SENSITIVE
    shape = TypeAdapter(KeyWish)

    def do(self, session: Session, wish: KeyWish, act: Act, ports: Ports) -> str:
        return keep_key(session, wish, act)

    def look(self, session: Session, wish: KeyWish, made: str, act: Act) -> Seen:
        return Seen(
            f"{wish.name}: {wish.role}", frozenset(wish.areas or [None]),
            matters=actions_of(wish.given) != {Action.SEE}, subject=wish.id, until=wish.expires_at,
        )  # fmt: skip

    def check(self, session: Session, wish: KeyWish, caller: Caller, seen: Seen) -> None:
        """Nobody gives a key what they do not hold themselves."""
        for action in (self.action, *sorted(actions_of(wish.given))):
            caller.require(action, *seen.places)


class PolicySetting(Deed[PolicyWish]):
    kind = "policy"
    action = Action.POLICY_EDIT
    nature = Nature.SENSITIVE
    shape = TypeAdapter(PolicyWish)

    def do(self, session: Session, wish: PolicyWish, act: Act, ports: Ports) -> str:
        return set_policy(session, wish.area, wish.policy, act)

    def look(self, session: Session, wish: PolicyWish, made: str, act: Act) -> Seen:
        return Seen(said_of(wish.policy), frozenset({wish.area}), subject=made)


def actions_of(given: Iterable[Given]) -> set[Action]:
    """What a key may at some place."""
    return {action for action in Action for one in given if one.carries(action)}
