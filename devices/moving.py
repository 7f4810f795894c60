"""Speakers that come to stand elsewhere, or whose area does: new places, new numbers, and the old ones on record."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import Session, col, delete, select

from devices.areas import Parents, lineage
from devices.models import Area, Device, Membership, Stay
from devices.registry import LOT, find_devices, next_number, stay

Numbers = Mapping[tuple[str, str], int]
"""Speaker and area to the number that it had there."""


def settle(session: Session, devices: Sequence[str], tree: Parents, now: int) -> list[str]:
    """Bring the places of these speakers in line with where they stand; ids of those for which some changed.

    Who comes back into an area has its old number there: it is never anybody else's. AreaFull.
    """
    moved: list[str] = []
    for begin in range(0, len(devices), LOT):
        moved += _settle(session, devices[begin : begin + LOT], tree, now)
    session.flush()
    return moved


def _settle(session: Session, names: Sequence[str], tree: Parents, now: int) -> list[str]:
    """`config_content` empty: a new configuration is to be made and published."""
    open_stays, numbers = _stays(session, names)
    moved = []
    for device in sorted(find_devices(session, names), key=lambda one: one.id):
        wanted, known = lineage(device.area_id, tree), {row.area_id: row for row in open_stays[device.id]}
        gone, come = [known[area] for area in known.keys() - wanted], [area for area in wanted if area not in known]
        if gone or come:
            moved.append(device.id)
            device.config_content = ""
        _leave(session, device, gone, now)
        _enter(session, device, come, numbers, now)
        _turn(session, device, (known[area] for area in wanted if area in known), now)
    return moved


def _leave(session: Session, device: Device, gone: Iterable[Stay], now: int) -> None:
    areas = [row.area_id for row in gone]
    for row in gone:
        row.until, row.left_seq = now, device.config_seq
    session.exec(delete(Membership).where(col(Membership.device_id) == device.id, col(Membership.area_id).in_(areas)))


def _enter(session: Session, device: Device, come: Iterable[str], numbers: Numbers, now: int) -> None:
    for area in come:
        number = numbers.get((device.id, area))
        if number is None:
            number = next_number(session.get_one(Area, area))
        session.add(Membership(area_id=area, device_id=device.id, number=number))
        session.add(stay(device, area, number, now, device.config_seq))


def _turn(session: Session, device: Device, kept: Iterable[Stay], now: int) -> None:
    """What was its home is an area around it now, or the other way round: on the wire nothing changes."""
    for row in kept:
        if row.home != (row.area_id == device.area_id):
            row.until = now
            session.add(stay(device, row.area_id, row.number, now, row.since_seq))


def _stays(session: Session, names: Sequence[str]) -> tuple[Mapping[str, list[Stay]], Numbers]:
    """Where each of them is now, and every number that it has had."""
    rows = session.exec(select(Stay).where(col(Stay.device_id).in_(names)).order_by(col(Stay.id))).all()
    still: dict[str, list[Stay]] = defaultdict(list)
    for row in rows:
        if row.until is None:
            still[row.device_id].append(row)
    return still, {(row.device_id, row.area_id): row.number for row in rows}
