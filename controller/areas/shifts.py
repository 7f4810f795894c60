"""Who may do what at which speakers before and after a change. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from controller.areas.land import Land
from controller.people.permissions import Action
from controller.people.rights import Given

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Holder:
    """A person or a key (`person/…`, `key/…`) with what it may."""

    id: str
    name: str
    given: tuple[Given, ...]


@dataclass(frozen=True)
class Shift:
    """Rights that somebody gets over some speakers, and loses over others."""

    holder: str
    name: str
    actions: tuple[str, ...]
    gains: frozenset[str]
    loses: frozenset[str]


def shifts(before: tuple[Land, Iterable[Holder]], after: tuple[Land, Iterable[Holder]]) -> list[Shift]:
    """Of everybody for whom something changes, rights that change alike together."""
    old, new = _Reach(before[0]), _Reach(after[0])
    known = {holder.id: holder for holder in before[1]}
    found = []
    for holder in after[1]:
        alike: dict[tuple[frozenset[str], frozenset[str]], list[str]] = {}
        for action in Action:
            had, has = old.of(known[holder.id].given, action), new.of(holder.given, action)
            alike.setdefault((has - had, had - has), []).append(action.value)
        found += [
            Shift(holder.id, holder.name, tuple(actions), gains, loses)
            for (gains, loses), actions in alike.items()
            if gains or loses
        ]
    return found


class _Reach:
    """Speakers within areas, each area looked up once."""

    def __init__(self, land: Land) -> None:
        self._everybody = frozenset(land.homes)
        self._heard: dict[str, set[str]] = {}
        self._known: dict[frozenset[str], frozenset[str]] = {}
        for device, lineage in land.lineages().items():
            for area in lineage:
                self._heard.setdefault(area, set()).add(device)

    def of(self, given: Sequence[Given], action: Action) -> frozenset[str]:
        roots = frozenset(one.area for one in given if one.carries(action))
        if None in roots:
            return self._everybody
        return self._within(frozenset(filter(None, roots)))

    def _within(self, roots: frozenset[str]) -> frozenset[str]:
        if roots not in self._known:
            self._known[roots] = NOBODY.union(*(self._heard.get(area, NOBODY) for area in roots))
        return self._known[roots]


def widened(found: Iterable[Shift]) -> Mapping[tuple[str, str], frozenset[str]]:
    """Holder and right to the speakers over which it is new."""
    new: dict[tuple[str, str], frozenset[str]] = {}
    for one in found:
        for action in one.actions if one.gains else ():
            new[one.holder, action] = new.get((one.holder, action), NOBODY) | one.gains
    return new
