"""From a set of speakers to the fewest messages that reach exactly these. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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


def cover(devices: Iterable[str], areas: Iterable[str], roster: Roster) -> list[Aim]:
    """Aims that reach exactly `devices`: through the areas asked for, the rest through their home area."""
    left = set(devices)
    aims = []
    for area in topmost(areas, roster.parents):
        aims += _area_aim(area, left, roster)
    for home in sorted({roster.home[device] for device in left}):
        group = {device for device in left if roster.home[device] == home}
        aims += _device_aims(group) if len(group) == 1 else _area_aim(home, left, roster)
    return aims


def _area_aim(area: str, left: set[str], roster: Roster) -> list[Aim]:
    numbers = roster.numbers.get(area, {})
    heard = frozenset(left & numbers.keys())
    left -= heard
    return [Aim(area, None, bitmap.pack(numbers[device] for device in heard), heard)] if heard else []


def _device_aims(devices: Iterable[str]) -> list[Aim]:
    return [Aim(None, device, None, frozenset({device})) for device in sorted(devices)]
