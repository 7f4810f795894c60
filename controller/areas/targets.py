"""Whom a programme is for that names areas which are no more: exactly those that it was for. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from controller.areas.land import Land
from scheduler.programmes.programme import Targets


@dataclass(frozen=True)
class Retargeting:
    """`group` gives the group of the speakers that stood in an area itself, by the area's id."""

    before: Land
    after: Land
    group: Callable[[str], str]

    def of(self, targets: Targets) -> Targets:
        """What lay in an area that is no more is named in its place; the whole of what it became a part of, only where
        all of that was meant before."""
        gone = [area for area in targets.areas if area in self.after.merged]
        if not gone:
            return targets
        areas, groups = [area for area in targets.areas if area not in gone], list(targets.groups)
        meant = frozenset().union(*map(self.before.speakers, targets.areas))
        for area in gone:
            into = self.after.merged[area]
            if self.after.speakers(into) <= meant:
                areas.append(into)
            else:
                areas += self.heirs(area)
                groups += [self.group(one) for one in self.bared(area)]
        if not (areas or groups or targets.devices):
            return targets
        return targets.model_copy(update={"areas": _each_once(areas), "groups": _each_once(groups)})

    def heirs(self, area: str) -> list[str]:
        """The areas that lay right in it, or in one of these that is no more either."""
        found = []
        for one, parent in sorted(self.before.parents.items()):
            if parent == area and one not in self.before.ended:
                found += self.heirs(one) if one in self.after.merged else [one]
        return found

    def bared(self, area: str) -> list[str]:
        """The area, and those within it that are no more either, where speakers stood in them and not deeper."""
        inside = [one for one in self.before.within(area) if one == area or one in self.after.merged]
        return [one for one in sorted(inside) if one in set(self.before.homes.values())]


def _each_once(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
