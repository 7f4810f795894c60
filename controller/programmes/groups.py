"""Groups of speakers: some speakers under one name, wherever they stand. Each is one transaction."""

from collections.abc import Callable, Sequence

from sqlmodel import Session, col, delete, select

from controller.errors.programmes import GroupInUse, GroupUnknown
from controller.people.answered import already_made, remember
from controller.people.audit import Act, record
from controller.people.permissions import Action
from controller.programmes.reading import read_programmes
from devices.areas import meeting
from devices.models import Device
from devices.registry import get_device, parents
from scheduler.programmes.models import GroupMember, SpeakerGroup
from scheduler.timetable import wanted


def create_group(session: Session, name: str, devices: Sequence[str], act: Act, new_id: Callable[[], str]) -> str:
    """Make a group and give its id; the same request again gives the same one. DeviceUnknown."""
    if made := already_made(session, act):
        return made
    row = SpeakerGroup(id=new_id(), name=name, created_at=act.now)
    session.add(row)
    session.flush()
    _fill(session, row.id, devices)
    remember(session, act, row.id)
    after, home = {"name": name, "devices": sorted(set(devices))}, _home(session, row.id)
    record(session, act, Action.PROGRAMME_EDIT, row.id, f"{name} ({len(devices)})", area=home, after=after)
    return row.id


def change_group(session: Session, group: str, name: str, devices: Sequence[str], act: Act) -> None:
    """Put these speakers in place of those of the group. GroupUnknown, DeviceUnknown."""
    row = find_group(session, group)
    before = {"name": row.name, "devices": members_of(session, group)}
    row.name = name
    session.exec(delete(GroupMember).where(col(GroupMember.group_id) == group))
    _fill(session, group, devices)
    after, home = {"name": name, "devices": sorted(set(devices))}, _home(session, group)
    detail = f"{name} ({len(devices)})"
    record(session, act, Action.PROGRAMME_EDIT, group, detail, area=home, before=before, after=after)
    wanted(session)


def end_group(session: Session, group: str, act: Act) -> None:
    """Forget a group. GroupUnknown, GroupInUse while a programme names it."""
    row = find_group(session, group)
    using = sorted(name for name, kept in read_programmes(session).items() if group in kept.wish.targets.groups)
    if using:
        raise GroupInUse(group=group, programmes=using)
    before, home = {"name": row.name, "devices": members_of(session, group)}, _home(session, group)
    session.exec(delete(GroupMember).where(col(GroupMember.group_id) == group))
    session.delete(row)
    record(session, act, Action.PROGRAMME_EDIT, group, "ended", area=home, before=before)


def find_group(session: Session, group: str) -> SpeakerGroup:
    row = session.get(SpeakerGroup, group)
    if row is None:
        raise GroupUnknown(group=group)
    return row


def members_of(session: Session, group: str) -> list[str]:
    """Its speakers, in a fixed order."""
    rows = select(GroupMember.device_id).where(GroupMember.group_id == group)
    return list(session.exec(rows.order_by(col(GroupMember.device_id))))


def _home(session: Session, group: str) -> str | None:
    """The nearest area in which all its speakers stand."""
    rows = select(Device.area_id).distinct().join(GroupMember, col(GroupMember.device_id) == col(Device.id))
    return meeting(session.exec(rows.where(GroupMember.group_id == group)).all(), parents(session))


def _fill(session: Session, group: str, devices: Sequence[str]) -> None:
    for device in sorted(set(devices)):
        get_device(session, device)
        session.add(GroupMember(group_id=group, device_id=device))
    session.flush()
