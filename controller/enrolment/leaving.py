"""Speakers that are lost, stolen, found again or taken down: what a person says of them, and what follows at once."""

from sqlmodel import Session

from controller.configuration import Configurator
from controller.enrolment.certifying import revoke_certificates
from controller.enrolment.claims import withdraw_claims_for
from controller.errors.enrolment import StatusNotPossible
from controller.people.audit import Act, record
from controller.people.permissions import Action
from devices.incidents import close_cause
from devices.models import Device
from devices.registry import get_device
from devices.standing import Standing, may_become
from scheduler.timetable import wanted


def set_status(session: Session, device_id: str, status: Standing, note: str, act: Act) -> Device:
    """A person says where a speaker is. DeviceUnknown, StatusNotPossible. Twice changes nothing.

    Only another box that joins replaces one.
    """
    device = get_device(session, device_id)
    if status is Standing.REPLACED or not may_become(device.status, status):
        raise StatusNotPossible(device=device_id, status=device.status)
    if device.status != status:
        if status is Standing.IN_SERVICE:
            _back(device, act.now)
        else:
            put_out(session, device, status, act.now)
        if status is Standing.RETIRED:
            withdraw_claims_for(session, device, act.now)
        detail = f"{status.value}: {note}" if note else status.value
        record(session, act, Action.DEVICE_REVOKE, device.id, detail, area=device.area_id)
        wanted(session)
    return device


def put_out(session: Session, device: Device, status: Standing, now: int) -> None:
    """From now on it is no target, its words are not booked, its certificates are void, and the broker drops it."""
    device.status, device.status_at = status.value, now
    device.retired_at = device.retired_at or now
    device.shut_out_at, device.online = None, False
    close_cause(session, "offline", device.id, now)
    revoke_certificates(session, device.id, now)


def _back(device: Device, now: int) -> None:
    """It asks for a new certificate with its own key; the old ones stay void."""
    device.status, device.status_at, device.retired_at = Standing.IN_SERVICE.value, now, None
    Configurator.changed(device)
