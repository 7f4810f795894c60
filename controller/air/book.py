"""Rules of the air read from their tables: what each says, and which ones bind each speaker."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from devices.models import Device
from devices.registry import parents
from scheduler.air.circles import Circle, Circles, Point
from scheduler.air.models import AirRule, Zone
from scheduler.air.places import Places, binding, zones_of
from scheduler.air.rules import AirRules


@dataclass(frozen=True)
class AirBook:
    """Rules by id, and for each speaker in service the ids of those that bind it: many have the same ones."""

    rules: Mapping[str, AirRules]
    bound: Mapping[str, tuple[str, ...]]


def read_air(session: Session) -> AirBook:
    """All rules and all speakers in service, in four queries."""
    rows = session.exec(select(AirRule)).all()
    places = _places(session, rows)
    asked = select(Device.id, Device.area_id, Device.latitude, Device.longitude).where(col(Device.retired_at).is_(None))
    bound = {
        device: binding(device, area, _point(latitude, longitude), places)
        for device, area, latitude, longitude in session.exec(asked)
    }
    return AirBook({row.id: AirRules.model_validate(row.rules) for row in rows}, bound)


def rules_of_area(session: Session, area: str) -> list[AirRule]:
    """What binds all speakers of an area: its own rules and those of the areas around it. AreaUnknown."""
    parents(session, area)
    return _bound(session, "", area, None)


def rules_of_device(session: Session, device: Device) -> list[AirRule]:
    """What binds one speaker."""
    return _bound(session, device.id, device.area_id, _point(device.latitude, device.longitude))


def zones_around(session: Session, speakers: Any) -> set[str]:
    """The zones in which one of some speakers (a condition on their table) stands."""
    return {zone for zone, _ in zones_and_homes(session, speakers)}


def zones_and_homes(session: Session, speakers: Any) -> set[tuple[str, str]]:
    """Of each zone in which one of some speakers (a condition on their table) stands, that speaker's area."""
    places = _places(session, [])
    asked = select(Device.area_id, Device.latitude, Device.longitude).where(speakers).distinct()
    return {
        (zone, area)
        for area, latitude, longitude in session.exec(asked)
        for zone in zones_of(area, _point(latitude, longitude), places)
    }


def _bound(session: Session, device: str, area: str, point: Point | None) -> list[AirRule]:
    rows = {row.id: row for row in session.exec(select(AirRule))}
    return [rows[rule] for rule in binding(device, area, point, _places(session, list(rows.values())))]


def _point(latitude: float | None, longitude: float | None) -> Point | None:
    return None if latitude is None or longitude is None else (latitude, longitude)


def _places(session: Session, rows: Sequence[AirRule]) -> Places:
    zones = session.exec(select(Zone)).all()
    return Places(
        parents=parents(session),
        circles=Circles(Circle(zone.id, (zone.latitude, zone.longitude), zone.radius_m) for zone in zones),
        of_area=_by([(row.area_id, row.id) for row in rows]),
        of_zone=_by([(row.zone_id, row.id) for row in rows]),
        of_device=_by([(row.device_id, row.id) for row in rows]),
        zone_owners={zone.id: zone.area_id for zone in zones},
    )


def _by(pairs: Sequence[tuple[str | None, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for place, rule in pairs:
        if place is not None:
            found[place].append(rule)
    return found
