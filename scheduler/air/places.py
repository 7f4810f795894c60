"""Which rules of the air bind a speaker: those of all areas it lies in, of zones it stands in, and its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from devices.areas import Parents, lineage
from scheduler.air.circles import Circles, Point

RulesOf = Mapping[str, Sequence[str]]
"""Id of a place to the ids of its rules."""


@dataclass(frozen=True)
class Places:
    """Where rules hold."""

    parents: Parents
    circles: Circles
    of_area: RulesOf
    of_zone: RulesOf
    of_device: RulesOf
    zone_owners: Mapping[str, str | None] = field(default_factory=dict)
    """Zone to the area outside of which it binds nobody; None, or not named: the whole installation."""


def binding(device: str, area: str, point: Point | None, places: Places) -> tuple[str, ...]:
    """Ids of the rules that bind a speaker, in a fixed order, each once.

    A speaker whose coordinates nobody has said is in no zone: the middle of its area may be far from its pole.
    """
    found = set(places.of_device.get(device, ()))
    for above in lineage(area, places.parents):
        found.update(places.of_area.get(above, ()))
    for zone in zones_of(area, point, places):
        found.update(places.of_zone.get(zone, ()))
    return tuple(sorted(found))


def zones_of(area: str, point: Point | None, places: Places) -> list[str]:
    """The zones that a speaker of this area stands in, of its own place and those around it."""
    if point is None:
        return []
    owners = (None, *lineage(area, places.parents))
    return [zone for zone in places.circles.around(point) if places.zone_owners.get(zone) in owners]
