"""Rules of the air made, changed and deleted: each with a line, and with a plan made anew."""

from dataclasses import dataclass

from sqlmodel import Session

from controller.air.zones import get_zone
from controller.people.audit import Act, record
from controller.people.changes import Fields, fields_of
from controller.people.permissions import Action
from devices.registry import get_device, parents
from scheduler.air.models import AirRule
from scheduler.air.rules import AirRules
from scheduler.errors import AirRuleUnknown
from scheduler.timetable import wanted


@dataclass(frozen=True)
class RuleSaid:
    """A rule and the one place that it binds: an area, a zone or a speaker, by id."""

    name: str
    rules: AirRules
    area: str | None = None
    zone: str | None = None
    device: str | None = None


def get_rule(session: Session, rule_id: str) -> AirRule:
    row = session.get(AirRule, rule_id)
    if row is None:
        raise AirRuleUnknown(rule=rule_id)
    return row


def put_rule(session: Session, rule_id: str, said: RuleSaid, act: Act) -> AirRule:
    """Make a rule, or put this in its place; AreaUnknown, AirZoneUnknown or DeviceUnknown for a place unheard of."""
    _check_place(session, said)
    before = fields_of(session.get(AirRule, rule_id))
    row = AirRule(
        id=rule_id, area_id=said.area, zone_id=said.zone, device_id=said.device, name=said.name,
        rules=said.rules.model_dump(mode="json"), changed_at=act.now, changed_by=act.who,
    )  # fmt: skip
    row = session.merge(row)
    _done(session, act, row, said.name, before, fields_of(row))
    return row


def delete_rule(session: Session, rule_id: str, act: Act) -> None:
    """It binds nobody from then on; AirRuleUnknown."""
    row = get_rule(session, rule_id)
    _done(session, act, row, f"deleted: {row.name}", fields_of(row), None)
    session.delete(row)


def _check_place(session: Session, said: RuleSaid) -> None:
    if said.area is not None:
        parents(session, said.area)
    if said.zone is not None:
        get_zone(session, said.zone)
    if said.device is not None:
        get_device(session, said.device)


def _done(session: Session, act: Act, row: AirRule, detail: str, before: Fields | None, after: Fields | None) -> None:
    record(session, act, Action.AIR_EDIT, row.id, detail, area=_home(session, row), before=before, after=after)
    wanted(session)


def _home(session: Session, row: AirRule) -> str | None:
    """The area in which it binds."""
    if row.zone_id is not None:
        return get_zone(session, row.zone_id).area_id
    return row.area_id if row.device_id is None else get_device(session, row.device_id).area_id
