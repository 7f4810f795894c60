"""The areas and where speakers stand, and what a wish makes of them. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import singledispatch

from controller.areas.wishes import AreaWish, End, Merge, Move, Rename, Reparent
from controller.errors.areas import ParentUnclear
from devices.areas import MAX_DEPTH, Parents, lineage
from devices.errors import AreaCycle, AreaEnded, AreaNotEmpty, AreaTooDeep, AreaUnknown, DeviceUnknown


@dataclass(frozen=True)
class Land:
    """By area: its parent, its name, whether it has ended; by speaker: the area in which it stands."""

    parents: Parents
    names: Mapping[str, str]
    ended: frozenset[str]
    homes: Mapping[str, str]
    merged: Mapping[str, str] = field(default_factory=dict)
    """Areas that this change ended, and what they became a part of."""

    def within(self, area: str) -> frozenset[str]:
        """The area and all that lies in it."""
        return frozenset(one for one in self.parents if area in lineage(one, self.parents))

    def speakers(self, area: str) -> frozenset[str]:
        """All that hear it."""
        inside = self.within(area)
        return frozenset(device for device, home in self.homes.items() if home in inside)

    def lineages(self) -> Mapping[str, tuple[str, ...]]:
        """Speaker to the areas that it hears."""
        known = {area: lineage(area, self.parents) for area in self.parents}
        return {device: known[home] for device, home in self.homes.items()}


def changed(land: Land, wish: AreaWish, new_id: Callable[[], str]) -> Land:
    """What the wish makes of it. AreaUnknown, AreaEnded, DeviceUnknown, AreaCycle, AreaTooDeep, AreaNotEmpty,
    ParentUnclear."""
    _check_named(land, wish)
    after = _changed(wish, land, new_id)
    _check_shape(after)
    return after


def areas_named(wish: AreaWish) -> list[str]:
    if isinstance(wish, Merge):
        return [*wish.areas, *filter(None, (wish.into, wish.parent))]
    parent = wish.parent if isinstance(wish, Reparent) else None
    return [wish.area, *filter(None, [parent])]


def places_of(land: Land, wish: AreaWish) -> frozenset[str | None]:
    """Where one must have the right to change areas: what is named, and what it lies in before and after."""
    named = areas_named(wish)
    if isinstance(wish, Rename):
        return frozenset(named)
    if isinstance(wish, Move):
        return frozenset([*named, *(land.homes.get(device) for device in wish.devices)])
    around = [land.parents.get(area) for area in named]
    return frozenset([*named, *around, *([wish.parent] if isinstance(wish, Reparent) else [])])


@singledispatch
def _changed(wish: AreaWish, land: Land, new_id: Callable[[], str]) -> Land:
    raise NotImplementedError(wish)


@_changed.register
def _(wish: Rename, land: Land, new_id: Callable[[], str]) -> Land:
    return replace(land, names={**land.names, wish.area: wish.name})


@_changed.register
def _(wish: Reparent, land: Land, new_id: Callable[[], str]) -> Land:
    return replace(land, parents={**land.parents, wish.area: wish.parent})


@_changed.register
def _(wish: Move, land: Land, new_id: Callable[[], str]) -> Land:
    return replace(land, homes={**land.homes, **dict.fromkeys(wish.devices, wish.area)})


@_changed.register
def _(wish: End, land: Land, new_id: Callable[[], str]) -> Land:
    inside = land.within(wish.area)
    if inside - land.ended - {wish.area} or not inside.isdisjoint(land.homes.values()):
        raise AreaNotEmpty(area=wish.area)
    return replace(land, ended=land.ended | {wish.area})


@_changed.register
def _(wish: Merge, land: Land, new_id: Callable[[], str]) -> Land:
    sources = dict.fromkeys(area for area in wish.areas if area != wish.into)
    into, land = (wish.into, land) if wish.into is not None else _founded(land, wish, sources, new_id())
    return _kept_within(land, sources, into) if wish.keep else _dissolved(land, sources, into)


def _founded(land: Land, wish: Merge, sources: Iterable[str], into: str) -> tuple[str, Land]:
    around = {land.parents[area] for area in sources}
    if wish.parent is None and len(around) > 1:
        raise ParentUnclear(areas=sorted(sources))
    parent = wish.parent if wish.parent is not None else around.pop()
    names = {**land.names, into: wish.name or ""}
    return into, replace(land, parents={**land.parents, into: parent}, names=names)


def _kept_within(land: Land, sources: Iterable[str], into: str) -> Land:
    return replace(land, parents={**land.parents, **dict.fromkeys(sources, into)})


def _dissolved(land: Land, sources: Iterable[str], into: str) -> Land:
    """What lay in them lies in the new one, and so do they, for the record."""
    gone = set(sources)
    parents = {area: into if area in gone or parent in gone else parent for area, parent in land.parents.items()}
    homes = {device: into if home in gone else home for device, home in land.homes.items()}
    return replace(land, parents=parents, homes=homes, ended=land.ended | gone, merged=dict.fromkeys(gone, into))


def _check_named(land: Land, wish: AreaWish) -> None:
    for area in areas_named(wish):
        if area not in land.parents:
            raise AreaUnknown(area=area)
        if area in land.ended:
            raise AreaEnded(area=area)
    for device in wish.devices if isinstance(wish, Move) else ():
        if device not in land.homes:
            raise DeviceUnknown(device=device)


def _check_shape(land: Land) -> None:
    """No area in itself, and no more areas one in the other than a configuration can name."""
    for area in land.parents:
        depth, above = 1, land.parents[area]
        while above is not None:
            if above == area or depth > len(land.parents):
                raise AreaCycle(area=area)
            depth, above = depth + 1, land.parents[above]
        if depth > MAX_DEPTH + (area in land.ended):
            raise AreaTooDeep(parent=land.parents[area], depth=depth - 1)
