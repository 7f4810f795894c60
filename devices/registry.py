"""Areas and speakers as they are registered. A speaker is known before it speaks."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from devices.areas import lineage
from devices.errors import (
    AreaFull,
    AreaTooDeep,
    AreaUnknown,
    DeviceUnknown,
    PublicKeyInvalid,
    PublicKeyTaken,
)
from devices.models import Area, Device, Membership
from devices.protocol import base64url
from devices.protocol.keys import VerifyKey, public_from_pem
from devices.targets import Roster

MAX_DEPTH = 16
MAX_NUMBER = 49_151


def add_area(session: Session, area: Area) -> Area:
    """Register an area; AreaUnknown for a parent that is not there, AreaTooDeep below 16 levels."""
    if area.parent_id is not None:
        depth = len(lineage(area.parent_id, parents(session, area.parent_id)))
        if depth >= MAX_DEPTH:
            raise AreaTooDeep(parent=area.parent_id, depth=depth)
    session.add(area)
    session.flush()
    return area


def add_device(session: Session, device: Device) -> Device:
    """Register a speaker in an area and give it its numbers there and in every ancestor."""
    tree = parents(session, device.area_id)
    taken = session.exec(select(Device.id).where(Device.public_key == device.public_key)).first()
    if taken is not None:
        raise PublicKeyTaken(device=taken)
    session.add(device)
    session.flush()
    for area_id in lineage(device.area_id, tree):
        session.add(Membership(area_id=area_id, device_id=device.id, number=_next_number(session, area_id)))
    session.flush()
    return device


def parents(session: Session, *needed: str) -> dict[str, str | None]:
    """Area to parent, of all areas; AreaUnknown if one of `needed` is not there."""
    tree = dict(session.exec(select(Area.id, Area.parent_id)).all())
    for area_id in needed:
        if area_id not in tree:
            raise AreaUnknown(area=area_id)
    return tree


def get_device(session: Session, device_id: str) -> Device:
    device = session.get(Device, device_id)
    if device is None:
        raise DeviceUnknown(device=device_id)
    return device


def members(session: Session, areas: Iterable[str]) -> set[str]:
    """Ids of the speakers in service that hear one of the areas."""
    chosen = select(Membership.device_id).join(Device, col(Device.id) == col(Membership.device_id))
    chosen = chosen.where(col(Membership.area_id).in_(list(areas)), col(Device.retired_at).is_(None))
    return set(session.exec(chosen))


def places(session: Session, device_id: str) -> Sequence[Membership]:
    """The areas that a speaker hears and its number in each, in a fixed order."""
    chosen = select(Membership).where(Membership.device_id == device_id)
    return session.exec(chosen.order_by(col(Membership.area_id))).all()


def roster(session: Session, devices: Iterable[str]) -> Roster:
    """What `targets.cover` needs to reach these speakers."""
    wanted = list(devices)
    homes = select(Device.id, Device.area_id).where(col(Device.id).in_(wanted))
    home = dict(session.exec(homes).all())
    numbers: dict[str, dict[str, int]] = {}
    for row in session.exec(select(Membership).where(col(Membership.device_id).in_(wanted))):
        numbers.setdefault(row.area_id, {})[row.device_id] = row.number
    return Roster(parents(session), home, numbers)


def read_public_key(text: str) -> str:
    """A public key from PEM or from its 43 letters of base64url; PublicKeyInvalid otherwise."""
    try:
        if "-----BEGIN" in text:
            return public_from_pem(text.encode("ascii")).public
        raw = base64url.decode(text.strip())
        _ = VerifyKey(text.strip()).jwk
    except (ValueError, UnicodeEncodeError) as error:
        raise PublicKeyInvalid() from error
    if len(raw) != 32:
        raise PublicKeyInvalid()
    return text.strip()


def _next_number(session: Session, area_id: str) -> int:
    area = session.get_one(Area, area_id)
    number = area.next_number
    if number > MAX_NUMBER:
        raise AreaFull(area=area_id)
    area.next_number = number + 1
    return number
