"""From a set of speakers to the fewest messages that reach exactly these. Pure."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

from devices.areas import Parents, topmost
from devices.protocol import bitmap


@dataclass(frozen=True)
class Aim:
    """One message's target: an area with `only`, or a single speaker. `target` is the message's `to`."""

    area: str | None
    device: str | None
    only: str | None
    devices: frozenset[str]

    @property
    def target(self) -> str:
        return f"area/{self.area}" if self.area else f"dev/{self.device}"


@dataclass(frozen=True)
class Roster:
    """Who can be reached how: the tree, each speaker's home area, and its number in each area it hears."""

    parents: Parents
    home: Mapping[str, str]
    numbers: Mapping[str, Mapping[str, int]]
    """Area id to speaker id to number."""
    fresh: frozenset[tuple[str, str]] = frozenset()
    """Speaker and area: it is in there now, and has not said that it knows."""
    former: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Homes that speakers have left without having said that they know: as `numbers`."""


def cover(devices: Iterable[str], areas: Iterable[str], roster: Roster) -> list[Aim]:
    """Aims that reach exactly `devices`: through the areas asked for, the rest through their home area.

    Who may not know yet that it has moved is reached where it stood before, too.
    """
    left = set(devices)
    chosen: dict[str, dict[str, int]] = {}
    for area in topmost(areas, roster.parents):
        left -= _choose(chosen, area, left, roster.numbers)
    alone = []
    for home in sorted({roster.home[device] for device in left}):
        group = {device for device in left if roster.home[device] == home}
        if len(group) == 1:
            alone += [Aim(None, device, None, frozenset({device})) for device in group]
        else:
            _choose(chosen, home, group, roster.numbers)
    _choose_where_they_stood(chosen, roster)
    return [Aim(area, None, bitmap.pack(found.values()), frozenset(found)) for area, found in chosen.items()] + alone


def _choose_where_they_stood(chosen: dict[str, dict[str, int]], roster: Roster) -> None:
    """A speaker whose home is as it was has moved together with it: it knows its home."""
    left = {device for area, found in chosen.items() for device in found if (device, area) in roster.fresh}
    away = set[str]()
    for area in sorted(roster.former):
        away |= _choose(chosen, area, left, roster.former)
    for device in left - away:
        _choose(chosen, roster.home[device], {device}, roster.numbers)


def _choose(
    chosen: dict[str, dict[str, int]], area: str, devices: Set[str], numbers: Mapping[str, Mapping[str, int]]
) -> Set[str]:
    """Those of the speakers that an area reaches are reached through it; which these are."""
    known = numbers.get(area, {})
    heard = devices & known.keys()
    if heard:
        chosen.setdefault(area, {}).update((device, known[device]) for device in sorted(heard))
    return heard
