"""Wishes about the areas themselves: who draws them anew decides who may do what, and who hears what is approved."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlmodel import Session

from controller.approvals.deed import Deed, Ports, Seen
from controller.areas.changing import carry_out, subject_of
from controller.areas.wishes import AreaWish, End, Rename
from controller.people.approval_rules import Nature
from controller.people.audit import Act
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.people.rights import Place


@dataclass(frozen=True)
class Redrawing:
    """A change as it was previewed (`fingerprint`), and where it needs the right (`places`, as they were before)."""

    change: AreaWish
    fingerprint: str
    places: tuple[Place, ...]


class AreaChanging(Deed[Redrawing]):
    """Merging, putting elsewhere and moving speakers take two people; a name or an empty area takes one."""

    kind = "area_change"
    action = Action.AREA_CHANGE
    nature = Nature.SENSITIVE
    shape = TypeAdapter(Redrawing)

    def do(self, session: Session, wish: Redrawing, act: Act, ports: Ports) -> str:
        return subject_of(wish.change, carry_out(session, wish.change, wish.fingerprint, act, ports.new_id))

    def look(self, session: Session, wish: Redrawing, made: str, act: Act) -> Seen:
        return Seen(wish.change.kind, frozenset(wish.places), matters=gives_rights(wish.change))

    def check(self, session: Session, wish: Redrawing, caller: Caller, seen: Seen) -> None:
        for right in rights_for(wish.change):
            caller.require(right, *seen.places)


def gives_rights(change: AreaWish) -> bool:
    """Whether others may do there what they could not before."""
    return not isinstance(change, Rename | End)


def rights_for(change: AreaWish) -> Iterator[Action]:
    """What whoever asks must have at all of its places."""
    yield Action.AREA_CHANGE
    if gives_rights(change):
        yield Action.ROLE_GIVE
