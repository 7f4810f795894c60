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
    areas = {area.id: area for area in session.exec(select(Area))}
    for begin in range(0, len(devices), LOT):
        with session.no_autoflush:  # what is left is deleted at once, and all else written at once
            moved += _settle(session, devices[begin : begin + LOT], tree, areas, now)
        session.flush()
    return moved


def _settle(session: Session, names: Sequence[str], tree: Parents, areas: Mapping[str, Area], now: int) -> list[str]:
    """`config_content` empty: a new configuration is to be made and published."""
    open_stays, numbers = _stays(session, names)
    moved, left = [], defaultdict[str, list[str]](list)
    for device in sorted(find_devices(session, names), key=lambda one: one.id):
        wanted, known = lineage(device.area_id, tree), {row.area_id: row for row in open_stays[device.id]}
        gone, come = [known[area] for area in known.keys() - wanted], [area for area in wanted if area not in known]
        if gone or come:
            moved.append(device.id)
            device.config_content = ""
        for row in gone:
            row.until, row.left_seq = now, device.config_seq
            left[row.area_id].append(device.id)
        for area in come:
            _enter(session, device, areas[area], numbers.get((device.id, area)), now)
        _turn(session, device, (known[area] for area in wanted if area in known), now)
    _leave(session, left)
    return moved


def _leave(session: Session, left: Mapping[str, Sequence[str]]) -> None:
    for area, devices in left.items():
        here = col(Membership.area_id) == area, col(Membership.device_id).in_(devices)
        session.exec(delete(Membership).where(*here).execution_options(synchronize_session=False))


def _enter(session: Session, device: Device, area: Area, number: int | None, now: int) -> None:
    """`number`: that it had there before."""
    if number is None:
        number = next_number(area)
    session.add(Membership(area_id=area.id, device_id=device.id, number=number))
    session.add(stay(device, area.id, number, now, device.config_seq))


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
