"""Another box takes the place of a speaker: what people decided of the place goes over, what was heard stays.

The newcomer has an id and numbers of its own: the old one may still hang somewhere and would otherwise answer to
orders that are meant for the new one.
"""

from sqlmodel import Session, col, select

from controller.enrolment.leaving import put_out
from controller.people.audit import Act, record
from controller.people.permissions import Action
from devices.models import Device
from devices.standing import Standing
from scheduler.air.models import AirRule
from scheduler.programmes.models import GroupMember, ProgrammeRow
from scheduler.programmes.programme import Programme

KEPT = ("name", "latitude", "longitude", "bearing", "volume", "trim_us", "interleave", "sim_daily_bytes")
"""What is true of the place and not of the box."""


def replace(session: Session, old: Device, new: Device, act: Act) -> None:
    """Put `new`, which has just joined, in the place of `old`."""
    for field in KEPT:
        setattr(new, field, getattr(old, field))
    _take_over_groups(session, old.id, new.id)
    _take_over_programmes(session, old.id, new.id, act)
    for rule in session.exec(select(AirRule).where(AirRule.device_id == old.id)).all():
        rule.device_id = new.id
    put_out(session, old, Standing.REPLACED, act.now)
    old.replaced_by = new.id
    record(session, act, Action.DEVICE_ENROL, old.id, f"replaced by {new.id}", area=new.area_id)


def _take_over_groups(session: Session, old: str, new: str) -> None:
    rows = session.exec(select(GroupMember).where(GroupMember.device_id == old)).all()
    for row in rows:
        session.delete(row)
        session.add(GroupMember(group_id=row.group_id, device_id=new))


def _take_over_programmes(session: Session, old: str, new: str, act: Act) -> None:
    """Those that name the speaker itself; areas and groups need nothing."""
    for row in session.exec(select(ProgrammeRow).where(col(ProgrammeRow.ended_at).is_(None))).all():
        programme = Programme.model_validate(row.said)
        if old not in programme.targets.devices:
            continue
        devices = tuple(new if device == old else device for device in programme.targets.devices)
        targets = programme.targets.model_copy(update={"devices": devices})
        row.said = programme.model_copy(update={"targets": targets}).model_dump(mode="json")
        row.revision, row.changed_at = row.revision + 1, act.now
        detail = f"{row.title} ({row.revision}): {old} is now {new}"
        record(session, act, Action.PROGRAMME_EDIT, row.id, detail, area=row.owner_id)
