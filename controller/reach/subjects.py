"""To which places a bulletin, a broadcast, a speaker ... belongs: by the name that its id has in an address."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlmodel import Session, col, select

from controller.air.book import zones_and_homes
from controller.alerts.models import AlertArea, AlertRow
from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery
from controller.errors.air import AlertUnknown, BroadcastUnknown
from controller.errors.approvals import ApprovalUnknown
from controller.errors.enrolment import ClaimCodeUnknown
from controller.errors.library import BulletinUnknown
from controller.errors.people import ApiKeyUnknown, GrantUnknown, PersonUnknown
from controller.errors.programmes import GroupUnknown, ProgrammeUnknown
from controller.library.models import Bulletin
from controller.people.api_keys import get_key
from controller.people.approval_models import ApprovalRequest
from controller.people.callers import Caller
from controller.people.grants import get_grant
from controller.people.permissions import Action
from controller.people.persons import get_person
from controller.people.rights import Place
from controller.people.standing import grants_of
from devices.errors import AreaUnknown, DeviceUnknown, IncidentUnknown
from devices.models import Area, ClaimCode, Device, Incident
from devices.registry import LOT
from scheduler.air.models import AirRule, Zone
from scheduler.errors import AirRuleUnknown, AirZoneUnknown
from scheduler.programmes.models import GroupMember, ProgrammeRow, SpeakerGroup
from scheduler.programmes.programme import Programme

NOWHERE: frozenset[Place] = frozenset()
INSTALLATION: frozenset[Place] = frozenset({None})
METRES_A_DEGREE, MARGIN = 111_000, 0.01
"""Of latitude, and what is added so that nobody at the rim is missed."""


@dataclass(frozen=True)
class Places:
    """Who may do something at all of `owners` may do it to the thing. Seen is it from any of them, and from
    what lies in or around one of `heard`."""

    owners: frozenset[Place]
    heard: frozenset[Place] = NOWHERE
    lapsing: tuple[tuple[Place, int], ...] = ()
    """More owners, each until then (us UTC)."""

    def owners_for(self, caller: Caller) -> frozenset[Place]:
        """As of when they asked."""
        return self.owners | {place for place, until in self.lapsing if caller.asked_at < until}

    def seen_by(self, caller: Caller) -> bool:
        return any(map(caller.sees, self.owners_for(caller))) or any(
            caller.rights.within(Action.SEE, place) for place in self.heard
        )


Finder = Callable[[Session, str], Places]
"""Id to places; the subject's own "unknown" where it is not there."""


def _area(session: Session, area: str) -> Places:
    if session.get(Area, area) is None:
        raise AreaUnknown(area=area)
    return Places(frozenset({area}))


def _device(session: Session, device: str) -> Places:
    row = session.get(Device, device)
    if row is None:
        raise DeviceUnknown(device=device)
    return Places(frozenset({row.area_id}))


def _bulletin(session: Session, bulletin: str) -> Places:
    """Its owner's; seen from within too, unless it waits for a second person, and where it is, or was, on air."""
    row = session.get(Bulletin, bulletin)
    if row is None:
        raise BulletinUnknown(bulletin=bulletin)
    aired = select(Broadcast.occurrence_id).where(Broadcast.bulletin_id == bulletin)
    owner: frozenset[Place] = frozenset({row.owner_id})
    heard = _homes(session, col(Delivery.occurrence_id).in_(aired))
    return Places(owner, heard if row.held else heard | owner)


def _broadcast(session: Session, broadcast: str) -> Places:
    row = session.get(Broadcast, broadcast)
    if row is None:
        raise BroadcastUnknown(broadcast=broadcast)
    return Places(_homes(session, col(Delivery.occurrence_id) == row.occurrence_id) or INSTALLATION)


def _alert(session: Session, alert: str) -> Places:
    if session.get(AlertRow, alert) is None:
        raise AlertUnknown(alert=alert)
    areas = frozenset(session.exec(select(AlertArea.area_id).where(AlertArea.alert_id == alert)))
    return Places(areas or INSTALLATION, areas)


def _programme(session: Session, programme: str) -> Places:
    row = session.get(ProgrammeRow, programme)
    if row is None:
        raise ProgrammeUnknown(programme=programme)
    return programme_places(session, row)


def _group(session: Session, group: str) -> Places:
    """Where its speakers stand."""
    if session.get(SpeakerGroup, group) is None:
        raise GroupUnknown(group=group)
    return Places(_members(session, [group]) or INSTALLATION)


def _members(session: Session, groups: Collection[str]) -> frozenset[Place]:
    """Areas in which the speakers of some groups stand."""
    rows = select(Device.area_id).distinct().join(GroupMember, col(GroupMember.device_id) == col(Device.id))
    return frozenset(session.exec(rows.where(col(GroupMember.group_id).in_(groups))).all())


def _zone(session: Session, zone: str) -> Places:
    """Its owner's; seen where one of the speakers that stand in it does."""
    row = session.get(Zone, zone)
    if row is None:
        raise AirZoneUnknown(zone=zone)
    near = row.radius_m / METRES_A_DEGREE + MARGIN
    about = col(Device.latitude).between(row.latitude - near, row.latitude + near)
    homes = {area for found, area in zones_and_homes(session, about) if found == zone}
    return Places(frozenset({row.area_id}), frozenset(homes))


def _rule(session: Session, rule: str) -> Places:
    """Where it binds; what binds around a place is seen in it."""
    row = session.get(AirRule, rule)
    if row is None:
        raise AirRuleUnknown(rule=rule)
    if row.zone_id is not None:
        return _zone(session, row.zone_id)
    if row.device_id is not None:
        return _device(session, row.device_id)
    return Places(frozenset({row.area_id}), frozenset({row.area_id}))


def _incident(session: Session, incident: str) -> Places:
    """Where the speaker stands, or where what it is about belongs."""
    row = session.get(Incident, incident)
    if row is None:
        raise IncidentUnknown(incident=incident)
    if row.device_id is not None:
        return _device(session, row.device_id)
    for table, find in ((Area, _area), (AlertRow, _alert), (ProgrammeRow, _programme)):
        if session.get(table, row.subject) is not None:
            return find(session, row.subject)
    return Places(INSTALLATION)


def _person(session: Session, person: str) -> Places:
    """Where they belong, and where they have roles."""
    row = get_person(session, person)
    grants = grants_of(session, person)
    for_good = frozenset(one.area_id for one in grants if one.until is None)
    lapsing = tuple((one.area_id, one.until) for one in grants if one.until is not None)
    return Places(for_good | {row.area_id}, lapsing=lapsing)


def _grant(session: Session, grant: str) -> Places:
    return Places(frozenset({get_grant(session, grant).area_id}))


def _api_key(session: Session, key: str) -> Places:
    areas: list[Place] = [*get_key(session, key).areas]
    return Places(frozenset(areas) or INSTALLATION)


def _approval(session: Session, approval: str) -> Places:
    row = session.get(ApprovalRequest, approval)
    if row is None:
        raise ApprovalUnknown(approval=approval)
    return Places(frozenset(row.places))


def _claim_code(session: Session, claim_code: str) -> Places:
    row = session.get(ClaimCode, claim_code)
    if row is None:
        raise ClaimCodeUnknown(claim_code=claim_code)
    return Places(frozenset({row.area_id}))


FINDERS: Mapping[str, Finder] = MappingProxyType(
    {
        "area": _area, "device": _device, "bulletin": _bulletin, "broadcast": _broadcast, "alert": _alert,
        "programme": _programme, "group": _group, "zone": _zone, "rule": _rule, "incident": _incident,
        "claim_code": _claim_code, "person": _person, "grant": _grant, "api_key": _api_key, "approval": _approval,
    }
)  # fmt: skip
"""Name of the parameter in an address to what finds the places of its subject."""

UNKNOWN: Mapping[str, Callable[..., Exception]] = MappingProxyType(
    {
        "area": AreaUnknown, "device": DeviceUnknown, "bulletin": BulletinUnknown, "broadcast": BroadcastUnknown,
        "alert": AlertUnknown, "programme": ProgrammeUnknown, "group": GroupUnknown, "zone": AirZoneUnknown,
        "rule": AirRuleUnknown, "incident": IncidentUnknown, "person": PersonUnknown, "grant": GrantUnknown,
        "api_key": ApiKeyUnknown, "approval": ApprovalUnknown, "claim_code": ClaimCodeUnknown,
    }
)  # fmt: skip
"""What is said of one that is not there, or that the caller may not see: word for word the same."""


def programme_places(session: Session, row: ProgrammeRow) -> Places:
    """Its owner's; heard at its targets."""
    targets = Programme.model_validate(row.said).targets
    stand = select(Device.area_id).distinct()
    homes = {
        area
        for begin in range(0, len(targets.devices), LOT)
        for area in session.exec(stand.where(col(Device.id).in_(targets.devices[begin : begin + LOT])))
    }
    groups = _members(session, targets.groups) if targets.groups else NOWHERE
    return Places(frozenset({row.owner_id}), frozenset(targets.areas) | homes | groups)


def _homes(session: Session, deliveries: object) -> frozenset[Place]:
    """Areas in which the speakers of some deliveries stand."""
    rows = select(Device.area_id).distinct().join(Delivery, col(Delivery.device_id) == col(Device.id))
    return frozenset(session.exec(rows.where(deliveries)))  # type: ignore[arg-type]
