"""Who asks: a person or a program, with what they may do where."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from controller.errors.callers import NotAllowed, OwnerNeeded
from controller.people.permissions import Action
from controller.people.rights import Place, Rights


@dataclass(frozen=True)
class Caller:
    """`id` is theirs for ever (`person/…`, `key/…`); `name` is what people call them now."""

    id: str
    name: str
    kind: Literal["person", "program"]
    rights: Rights
    per_minute: int | None = None
    """Requests that they may make in a minute; None: as many as they like."""
    proved_at: int | None = None
    """When a person last gave a code of their second factor in this session, us UTC."""

    def require(self, action: Action, *places: Place) -> None:
        """NotAllowed where they may not at one of these places; without any: where they may nowhere."""
        if not self.rights.anywhere(action) or not self.rights.may_at_all(action, places):
            raise NotAllowed(action=action.value)

    def sees(self, place: Place) -> bool:
        return self.rights.may(Action.SEE, place)

    def seen(self) -> frozenset[str] | None:
        """All areas that they see; None: everything."""
        return self.rights.areas(Action.SEE)

    def only_seen(self, places: Iterable[str]) -> list[str]:
        """Those of these areas that they see."""
        seen = self.seen()
        return [place for place in places if seen is None or place in seen]

    def home(self, action: Action) -> Place:
        """Where they do something if they do not say where: at the one place that they have; OwnerNeeded."""
        roots = self.rights.roots(action)
        if None in roots or len(roots) == 1:
            return None if None in roots else next(iter(roots))
        raise OwnerNeeded()
