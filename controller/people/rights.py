"""Who may do what where: roles at areas, inherited downwards. Pure; the tree is handed in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from controller.people.permissions import Action, carries
from devices.areas import Parents, lineage

Place = str | None
"""An area's id; None: the installation itself, above every area."""
Tree = Callable[[], Parents]
"""Every area's parent; asked only where a place matters."""


@dataclass(frozen=True)
class Given:
    """A role at a place and everywhere within it; `only` narrows it to some of the role's actions."""

    role: str
    area: Place = None
    only: frozenset[Action] | None = None

    def carries(self, action: Action) -> bool:
        return carries(self.role, action) and (self.only is None or action in self.only)


@dataclass(frozen=True)
class Rights:
    """What somebody may do."""

    given: tuple[Given, ...]
    tree: Tree = field(repr=False, compare=False)

    @cached_property
    def _parents(self) -> Parents:
        return self.tree()

    def anywhere(self, action: Action) -> bool:
        """Whether there is any place where they may."""
        return any(one.carries(action) for one in self.given)

    def everywhere(self, action: Action) -> bool:
        """Whether they may at the installation itself, and so at every place."""
        return None in self.roots(action)

    def may(self, action: Action, place: Place) -> bool:
        """Whether they may there; at an area that does not exist nobody may who may not everywhere."""
        roots = self.roots(action)
        if None in roots or place is None:
            return None in roots
        return place in self._parents and not roots.isdisjoint(lineage(place, self._parents))

    def may_at_all(self, action: Action, places: Iterable[Place]) -> bool:
        """Whether they may at each of these places."""
        return all(self.may(action, place) for place in set(places))

    def within(self, action: Action, place: Place) -> bool:
        """Whether they may there, or somewhere inside it: what sounds at the place is heard by them too."""
        if self.may(action, place):
            return True
        paths = [lineage(root, self._parents) for root in self.roots(action) if root and root in self._parents]
        return any(place is None or place in path for path in paths)

    def areas(self, action: Action) -> frozenset[str] | None:
        """All areas where they may; None: everywhere."""
        roots = self.roots(action)
        if None in roots:
            return None
        return frozenset(area for area in self._parents if not roots.isdisjoint(lineage(area, self._parents)))

    def roots(self, action: Action) -> frozenset[Place]:
        """Where it was given to them: they may there, and everywhere within."""
        return frozenset(one.area for one in self.given if one.carries(action))
