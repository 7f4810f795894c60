"""Areas and speakers as they are registered. A speaker is known before it speaks."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import and_, bindparam, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from devices.areas import MAX_DEPTH, lineage
from devices.errors import (
    AreaEnded,
    AreaFull,
    AreaTooDeep,
    AreaUnknown,
    DeviceUnknown,
    PublicKeyInvalid,
    PublicKeyTaken,
)
from devices.models import Area, AreaPast, Device, Membership, Stay
from devices.protocol.keys import VerifyKey, public_from_pem
from devices.targets import Roster

MAX_NUMBER = 49_151
LOT = 500
"""Speakers asked for in one query: databases bound the number of values."""


def add_area(session: Session, area: Area) -> Area:
    """Register an area; AreaUnknown or AreaEnded for a parent that is not there, AreaTooDeep below 16 levels."""
    if area.parent_id is not None:
        depth = len(lineage(area.parent_id, standing(session, area.parent_id)))
        if depth >= MAX_DEPTH:
            raise AreaTooDeep(parent=area.parent_id, depth=depth)
    session.add(area)
    session.flush()
    session.add(AreaPast(area_id=area.id, since=area.created_at, name=area.name, parent_id=area.parent_id))
    return area


def add_device(session: Session, device: Device) -> Device:
    """Register a speaker in an area and give it its numbers there and in every ancestor."""
    add_devices(session, [device])
    return device


def add_devices(session: Session, devices: Sequence[Device]) -> None:
    """Register speakers, all or none. PublicKeyTaken where one of the keys is known, or stands twice."""
    tree = standing(session, *{device.area_id for device in devices})
    keys = {device.public_key: device.id for device in devices}
    known = select(Device.public_key, Device.id).where(col(Device.public_key).in_(list(keys)))
    taken = [device_id for _, device_id in session.exec(known)]
    twice = [keys[device.public_key] for device in devices if keys[device.public_key] != device.id]
    if taken or twice:
        raise PublicKeyTaken(device=[*taken, *twice][0])
    session.add_all(devices)
    session.flush()
    areas: dict[str, Area] = {}
    for device in devices:
        for area_id in lineage(device.area_id, tree):
            area = areas.get(area_id) or areas.setdefault(area_id, session.get_one(Area, area_id))
            number = next_number(area)
            session.add(Membership(area_id=area_id, device_id=device.id, number=number))
            session.add(stay(device, area_id, number, device.registered_at))
    session.flush()


def stay(device: Device, area: str, number: int, since: int, since_seq: int = -1) -> Stay:
    """That a speaker is in an area from now on."""
    return Stay(
        device_id=device.id, area_id=area, number=number, home=area == device.area_id, since=since, since_seq=since_seq
    )


def standing(session: Session, *needed: str) -> dict[str, str | None]:
    """As `parents`; AreaEnded if one of `needed` takes up nothing new any more."""
    tree = parents(session, *needed)
    ended = select(Area.id, Area.merged_into).where(col(Area.id).in_(needed), col(Area.ended_at).is_not(None))
    if needed and (found := session.exec(ended).first()):
        raise AreaEnded(area=found[0], merged_into=found[1])
    return tree


def parents(session: Session, *needed: str) -> dict[str, str | None]:
    """Area to parent, of all areas; AreaUnknown if one of `needed` is not there."""
    tree = dict(session.exec(select(Area.id, Area.parent_id)).all())
    for area_id in needed:
        if area_id not in tree:
            raise AreaUnknown(area=area_id)
    return tree


_NAMED = select(Device).where(col(Device.id).in_(bindparam("wanted", expanding=True)))
"""Built once: it is asked for every batch of words."""


def get_device(session: Session, device_id: str) -> Device:
    device = session.get(Device, device_id)
    if device is None:
        raise DeviceUnknown(device=device_id)
    return device


def find_devices(session: Session, wanted: Iterable[str]) -> Sequence[Device]:
    """Those of these speakers that are registered; a few hundred at a time."""
    return session.exec(_NAMED, params={"wanted": list(wanted)}).all()


def members(session: Session, areas: Iterable[str]) -> set[str]:
    """Ids of the speakers in service that hear one of the areas."""
    chosen = select(Membership.device_id).join(Device, col(Device.id) == col(Membership.device_id))
    chosen = chosen.where(col(Membership.area_id).in_(list(areas)), col(Device.retired_at).is_(None))
    return set(session.exec(chosen))


class Held(NamedTuple):
    """A speaker's number in an area that it hears, and when it came there by a move (us UTC; None: it did not)."""

    device_id: str
    area_id: str
    number: int
    since: int | None


def places(session: Session, devices: Sequence[str]) -> dict[str, list[Held]]:
    """The areas that each of these speakers hears and its number there, in a fixed order."""
    found: dict[str, list[Held]] = {device_id: [] for device_id in devices}
    for begin in range(0, len(devices), LOT):
        wanted = col(Membership.device_id).in_(devices[begin : begin + LOT])
        moved = and_(
            col(Stay.device_id) == col(Membership.device_id), col(Stay.area_id) == col(Membership.area_id),
            col(Stay.until).is_(None), col(Stay.since_seq) >= 0,
        )  # fmt: skip
        rows = select(Membership.device_id, Membership.area_id, Membership.number, Stay.since).where(wanted)
        rows = rows.join(Stay, moved, isouter=True)
        for row in session.exec(rows.order_by(col(Membership.area_id))):
            found[row[0]].append(Held(*row))
    return found


def roster(session: Session, devices: Iterable[str]) -> Roster:
    """What `targets.cover` needs to reach these speakers."""
    wanted = list(devices)
    homes = select(Device.id, Device.area_id).where(col(Device.id).in_(wanted))
    home = dict(session.exec(homes).all())
    numbers: dict[str, dict[str, int]] = {}
    for row in session.exec(select(Membership).where(col(Membership.device_id).in_(wanted))):
        numbers.setdefault(row.area_id, {})[row.device_id] = row.number
    return Roster(parents(session), home, numbers, *_unsettled(session, wanted))


def unsettled() -> SelectOfScalar[Stay]:
    """Where speakers have come or gone without having said, by their `hello`, that they know."""
    known = col(Device.reported_config_seq)
    come = and_(col(Stay.since_seq) >= 0, col(Stay.until).is_(None), col(Stay.since_seq) >= known)
    gone = and_(col(Stay.left_seq) >= 0, col(Stay.left_seq) >= known)
    return select(Stay).join(Device, col(Device.id) == col(Stay.device_id)).where(or_(come, gone))


def _unsettled(
    session: Session, devices: Sequence[str]
) -> tuple[frozenset[tuple[str, str]], dict[str, dict[str, int]]]:
    """Of these speakers: where they are and may not know it; homes that they have left and may not know it."""
    fresh, former = set(), dict[str, dict[str, int]]()
    for row in session.exec(unsettled().where(col(Stay.device_id).in_(devices))):
        if row.until is None:
            fresh.add((row.device_id, row.area_id))
        elif row.home:
            former.setdefault(row.area_id, {})[row.device_id] = row.number
    return frozenset(fresh), former


def read_public_key(text: str) -> str:
    """A public key from PEM or from its 43 letters of base64url; PublicKeyInvalid otherwise."""
    try:
        if "-----BEGIN" in text:
            return public_from_pem(text.encode("ascii")).public
        _ = VerifyKey(text.strip()).loaded
    except (ValueError, UnicodeEncodeError) as error:
        raise PublicKeyInvalid() from error
    return text.strip()


def next_number(area: Area) -> int:
    """The number of the next speaker that comes into an area; AreaFull."""
    number = area.next_number
    if number > MAX_NUMBER:
        raise AreaFull(area=area.id)
    area.next_number = number + 1
    return number
