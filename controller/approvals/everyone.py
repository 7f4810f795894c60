"""Whom somebody reaches: with one order, and with all that they ordered beside it without a second person."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from controller.alerts.models import AlertRow
from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery
from controller.people.rights import Place
from devices.models import Device, Membership
from devices.protocol.units import HOUR
from devices.registry import LOT, members, parents
from scheduler.programmes.models import GroupMember, ProgrammeRow
from scheduler.programmes.programme import Programme

BESIDE = HOUR
"""Orders of one person that sound so near each other are taken as one, us."""


def is_everyone(session: Session, named: Iterable[Place], reached: frozenset[str]) -> bool:
    """Whether a root area is named, or as good as all speakers of one are reached; or the installation itself."""
    roots = {area for area, parent in parents(session).items() if parent is None}
    if any(place is None or place in roots for place in named):
        return True
    there: dict[str, set[str]] = {}
    rows = select(Membership.area_id, Membership.device_id).join(Device, col(Device.id) == col(Membership.device_id))
    for area, device in session.exec(rows.where(col(Membership.area_id).in_(roots), col(Device.retired_at).is_(None))):
        there.setdefault(area, set()).add(device)
    return any(_nearly_all(speakers, reached) for speakers in there.values())


def _nearly_all(speakers: set[str], reached: frozenset[str]) -> bool:
    """Nine tenths: to leave one out is no way around."""
    return len(speakers & reached) * 10 >= len(speakers) * 9


def beside(session: Session, family: frozenset[str], start_at: int) -> frozenset[str]:
    """Speakers for which these people ordered something to sound near that time, and nobody else approved it."""
    near = (start_at - BESIDE, start_at + BESIDE)
    orders = select(Broadcast.id).where(
        col(Broadcast.created_by_id).in_(family), col(Broadcast.approved_by).is_(None),
        col(Broadcast.stop_requested_at).is_(None), col(Broadcast.start_at).between(*near),
    )  # fmt: skip
    alerts = select(AlertRow.id).where(
        col(AlertRow.created_by_id).in_(family), col(AlertRow.approved_by).is_(None),
        col(AlertRow.cancelled_at).is_(None), col(AlertRow.start_at).between(*near),
    )  # fmt: skip
    rows = select(Delivery.device_id).where(col(Delivery.order_id).in_(orders.union_all(alerts)))
    return frozenset(session.exec(rows)) | _programmed(session, family)


def reach(session: Session, wishes: Iterable[Programme]) -> frozenset[str]:
    """Speakers in service at which these programmes would sound."""
    areas, groups, devices = set[str](), set[str](), set[str]()
    for wish in wishes:
        areas.update(wish.targets.areas)
        groups.update(wish.targets.groups)
        devices.update(wish.targets.devices)
    devices.update(session.exec(select(GroupMember.device_id).where(col(GroupMember.group_id).in_(groups))))
    return frozenset(devices | members(session, areas))


def homes(session: Session, devices: Iterable[str]) -> frozenset[Place]:
    """Areas in which these speakers stand."""
    wanted, found = sorted(devices), set[str]()
    for begin in range(0, len(wanted), LOT):
        rows = select(Device.area_id).where(col(Device.id).in_(wanted[begin : begin + LOT])).distinct()
        found.update(session.exec(rows))
    return frozenset(found)


def _programmed(session: Session, family: frozenset[str]) -> frozenset[str]:
    rows = select(ProgrammeRow.said).where(
        col(ProgrammeRow.changed_by_id).in_(family), col(ProgrammeRow.approved_by).is_(None),
        col(ProgrammeRow.ended_at).is_(None),
    )  # fmt: skip
    wishes = [Programme.model_validate(said) for said in session.exec(rows)]
    return reach(session, [one for one in wishes if not one.paused])
