"""All that a change of areas may touch, as it stands: taken before and after, and compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy
from sqlmodel import Session, col, select

from controller.air.book import read_air
from controller.areas.land import Land
from controller.areas.shifts import Holder
from controller.people.api_keys import keys_in_force
from controller.people.models import ApiKey, Person, RoleGrant
from controller.people.permissions import Action
from controller.people.rights import Given
from controller.people.standing import lasting
from controller.programmes.reading import read_programmes
from devices.areas import lineage
from devices.models import Area, Device, Membership
from scheduler.air.models import AirRule, Zone
from scheduler.programmes.models import GroupMember, SpeakerGroup
from scheduler.programmes.programme import Programme, Targets


@dataclass(frozen=True)
class Speaker:
    """What is known of one beside where it stands; `places`: areas that it hears and its numbers there."""

    name: str
    places: tuple[tuple[str, int], ...]
    in_service: bool
    echoes: bool
    """It has a trim, or a turn to speak in."""
    rules: tuple[str, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    land: Land
    merged: Mapping[str, str]
    """Areas that are no more to what they became a part of."""
    speakers: Mapping[str, Speaker]
    programmes: Mapping[str, Programme]
    hearers: Mapping[str, frozenset[str]]
    """By programme."""
    rules: Mapping[str, str]
    """Names of the rules of the air."""
    zones: Mapping[str, str | None]
    groups: Mapping[str, tuple[str, int]]
    """Name and number of speakers."""
    holders: tuple[Holder, ...]


def read_land(session: Session) -> Land:
    rows = session.exec(select(Area.id, Area.parent_id, Area.name, Area.ended_at)).all()
    return Land(
        {area: parent for area, parent, _, _ in rows}, {area: name for area, _, name, _ in rows},
        frozenset(area for area, _, _, ended in rows if ended is not None),
        dict(session.exec(select(Device.id, Device.area_id)).all()),
    )  # fmt: skip


def take_picture(session: Session, now: int) -> Picture:
    land, groups = read_land(session), _groups(session)
    programmes = {name: kept.wish for name, kept in read_programmes(session).items()}
    speakers = _speakers(session, land)
    hears = {device: frozenset(place for place, _ in one.places) for device, one in speakers.items() if one.in_service}
    merged = select(Area.id, Area.merged_into).where(col(Area.merged_into).is_not(None))
    called = dict(session.exec(select(SpeakerGroup.id, SpeakerGroup.name)).all())
    return Picture(
        land, {area: str(into) for area, into in session.exec(merged)}, speakers, programmes,
        {name: _hearers(wish.targets, hears, groups) for name, wish in programmes.items()},
        dict(session.exec(select(AirRule.id, AirRule.name)).all()),
        dict(session.exec(select(Zone.id, Zone.area_id)).all()),
        {group: (name, len(groups.get(group, ()))) for group, name in called.items()},
        (*_people(session, now), *_keys(session, now)),
    )  # fmt: skip


def _hearers(
    targets: Targets, hears: Mapping[str, frozenset[str]], groups: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    areas, named = set(targets.areas), set(targets.devices).union(*(groups.get(one, ()) for one in targets.groups))
    return frozenset(device for device, places in hears.items() if device in named or not areas.isdisjoint(places))


def _groups(session: Session) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for group, device in session.exec(select(GroupMember.group_id, GroupMember.device_id)):
        found.setdefault(group, set()).add(device)
    return {group: frozenset(devices) for group, devices in found.items()}


def _speakers(session: Session, land: Land) -> Mapping[str, Speaker]:
    places: dict[str, list[tuple[str, int]]] = {}
    rows = select(Membership.device_id, Membership.area_id, Membership.number).order_by(col(Membership.area_id))
    for device, area, number in session.exec(rows):
        places.setdefault(device, []).append((area, number))
    bound = read_air(session).bound
    own = {area: tuple(said) for area, said in session.exec(select(Area.id, Area.languages)) if said}
    spoken = {area: next((own[one] for one in lineage(area, land.parents) if one in own), ()) for area in land.parents}
    columns: list[Any] = [Device.id, Device.name, Device.retired_at, Device.trim_us, Device.interleave]
    return {
        device: Speaker(
            name, tuple(places.get(device, ())), retired is None, bool(trim) or turn is not None,
            bound.get(device, ()), spoken[land.homes[device]],
        )
        for device, name, retired, trim, turn in session.execute(sqlalchemy.select(*columns))
    }  # fmt: skip


def _people(session: Session, now: int) -> list[Holder]:
    rows = select(RoleGrant).where(*lasting(now))
    given: dict[str, list[Given]] = {}
    for grant in session.exec(rows.order_by(col(RoleGrant.id))):
        given.setdefault(grant.person_id, []).append(Given(grant.role, grant.area_id))
    names = session.exec(select(Person.id, Person.name).where(col(Person.disabled_at).is_(None)))
    return [Holder(f"person/{one}", name, tuple(given[one])) for one, name in sorted(names) if one in given]


def _keys(session: Session, now: int) -> list[Holder]:
    rows = select(ApiKey).where(*keys_in_force(now)).order_by(col(ApiKey.id))
    return [Holder(f"key/{key.id}", key.name, _given(key)) for key in session.exec(rows)]


def _given(key: ApiKey) -> tuple[Given, ...]:
    only = frozenset(map(Action, key.actions)) or None
    places: list[str | None] = [*key.areas] or [None]
    return tuple(Given(key.role, place, only) for place in places)
