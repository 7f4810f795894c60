"""Zones made, changed and deleted with their rules, and speakers put on the map: each with a line, and a new plan."""

from sqlmodel import Session, select

from controller.people.audit import Act, record
from controller.people.changes import Fields, fields_of
from controller.people.permissions import Action
from devices.models import Device
from devices.registry import get_device, parents
from scheduler.air.circles import Point
from scheduler.air.models import AirRule, Zone
from scheduler.errors import AirZoneUnknown
from scheduler.timetable import wanted


def get_zone(session: Session, zone_id: str) -> Zone:
    row = session.get(Zone, zone_id)
    if row is None:
        raise AirZoneUnknown(zone=zone_id)
    return row


def put_zone(session: Session, row: Zone, act: Act) -> Zone:
    """Make a zone, or put this in its place; AreaUnknown."""
    if row.area_id is not None:
        parents(session, row.area_id)
    before = fields_of(session.get(Zone, row.id))
    row = session.merge(row)
    _done(session, act, Action.AIR_EDIT, row.id, row.name, row.area_id, before, fields_of(row))
    return row


def delete_zone(session: Session, zone_id: str, act: Act) -> None:
    """It is gone, and its rules with it; AirZoneUnknown."""
    row = get_zone(session, zone_id)
    for rule in session.exec(select(AirRule).where(AirRule.zone_id == zone_id)):
        detail = f"deleted with its zone: {rule.name}"
        record(session, act, Action.AIR_EDIT, rule.id, detail, area=row.area_id, before=fields_of(rule))
        session.delete(rule)
    session.flush()
    session.delete(row)
    _done(session, act, Action.AIR_EDIT, zone_id, f"deleted: {row.name}", row.area_id, fields_of(row))


def locate(session: Session, device_id: str, point: Point | None, bearing: float | None, act: Act) -> Device:
    """Say where a speaker stands and where it points (degrees), or that nobody knows; DeviceUnknown."""
    device = get_device(session, device_id)
    before = _stands(device)
    device.latitude, device.longitude = point or (None, None)
    device.bearing = bearing
    place = f"stands at {point[0]}, {point[1]}" if point else "nowhere"
    detail = place if bearing is None else f"{place}, to {bearing}"
    _done(session, act, Action.DEVICE_REGISTER, device_id, detail, device.area_id, before, _stands(device))
    return device


def _stands(device: Device) -> Fields:
    return {"latitude": device.latitude, "longitude": device.longitude, "bearing": device.bearing}


def _done(
    session: Session, act: Act, action: Action, subject: str, detail: str, area: str | None, before: Fields | None,
    after: Fields | None = None,
) -> None:  # fmt: skip
    record(session, act, action, subject, detail, area=area, before=before, after=after)
    wanted(session)
