"""What belonged to areas that became parts of another goes on: programmes, rules of the air, rights, languages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from controller.areas.belongings import pass_on_belongings
from controller.areas.effects import BelongingsEffect
from controller.areas.land import Land
from controller.areas.targets import Retargeting
from controller.people.approval_rules import strictest
from controller.people.audit import Act, record
from controller.people.models import ApiKey, Person, RoleGrant
from controller.people.newcomers import PERSON
from controller.people.permissions import Action
from controller.people.persons import touch
from controller.people.policies import read_policies, set_policy
from controller.people.standing import lasting
from controller.programmes.reading import read_programmes
from devices.areas import Parents, lineage
from devices.models import Area
from scheduler.air.models import AirRule, Zone
from scheduler.programmes.models import GroupMember, SpeakerGroup

Spoken = Mapping[str, list[str]]


@dataclass
class Succession:
    """One change, in the transaction that makes it."""

    session: Session
    before: Land
    after: Land
    act: Act
    new_id: Callable[[], str]
    groups: dict[str, str] = field(default_factory=dict)
    """Groups made of the speakers that stood in an area itself."""

    def pass_on(self, widen: frozenset[str]) -> list[BelongingsEffect]:
        """`widen`: grants and keys that shall be good in the whole of what their area became a part of."""
        left = pass_on_belongings(self.session, self.after.merged, self.act.now)
        if self.after.merged:
            self._programmes()
            self._air()
            self._grants(widen)
            self._keys(widen)
            self._policies()
        self.session.flush()
        return left

    @property
    def _retargeting(self) -> Retargeting:
        return Retargeting(self.before, self.after, self._group)

    def _programmes(self) -> None:
        """No new version: what was planned stays planned, and nothing that has begun to wait is lost."""
        for name, kept in sorted(read_programmes(self.session).items()):
            wish = kept.wish
            owner, targets = self.after.merged.get(wish.owner, wish.owner), self._retargeting.of(wish.targets)
            if owner == wish.owner and targets == wish.targets:
                continue
            row, changed = kept.row, wish.model_copy(update={"owner": owner, "targets": targets})
            row.owner_id, row.said, row.revision = owner, changed.model_dump(mode="json"), row.revision + 1
            self.session.add(row)
            self._record(Action.PROGRAMME_EDIT, name, f"{wish.title} ({row.revision})", owner)

    def _group(self, area: str) -> str:
        if area not in self.groups:
            made = self.groups[area] = self.new_id()
            name = self.before.names[area]
            self.session.add(SpeakerGroup(id=made, name=name, created_at=self.act.now))
            self.session.flush()
            speakers = sorted(device for device, home in self.before.homes.items() if home == area)
            self.session.add_all(GroupMember(group_id=made, device_id=device) for device in speakers)
            self._record(Action.PROGRAMME_EDIT, made, f"{name} ({len(speakers)})", self.after.merged[area])
        return self.groups[area]

    def _air(self) -> None:
        gone = list(self.after.merged)
        for zone in self.session.exec(select(Zone).where(col(Zone.area_id).in_(gone))):
            zone.area_id = self.after.merged[str(zone.area_id)]
            self._record(Action.AIR_EDIT, zone.id, zone.name, zone.area_id)
        for rule in self.session.exec(select(AirRule).where(col(AirRule.area_id).in_(gone))):
            rule.area_id = self.after.merged[str(rule.area_id)]
            rule.changed_at, rule.changed_by = self.act.now, self.act.who
            self._record(Action.AIR_EDIT, rule.id, rule.name, rule.area_id)

    def _grants(self, widen: frozenset[str]) -> None:
        """A role in an area that is no more is one in each area that lay in it; the old one stays, for its record."""
        there = col(RoleGrant.area_id).in_(list(self.after.merged)), *lasting(self.act.now)
        for grant in self.session.exec(select(RoleGrant).where(*there).order_by(col(RoleGrant.id))).all():
            for place in self._places(str(grant.area_id), grant.id in widen):
                fields = grant.model_dump() | {"id": self.new_id(), "area_id": place, "since": self.act.now}
                self.session.add(RoleGrant(**fields | {"given_by": self.act.who_id or self.act.who}))
                self._record(Action.ROLE_GIVE, PERSON + grant.person_id, grant.role, place)
            touch(self.session.get_one(Person, grant.person_id), self.act.now)

    def _keys(self, widen: frozenset[str]) -> None:
        for key in self.session.exec(select(ApiKey).where(col(ApiKey.revoked_at).is_(None)).order_by(col(ApiKey.id))):
            gone = [area for area in key.areas if area in self.after.merged]
            more = [place for area in gone for place in self._places(area, key.id in widen)]
            if more:
                key.areas = list(dict.fromkeys([*key.areas, *more]))
                for place in more:
                    self._record(Action.KEY_CREATE, key.id, key.name, place)

    def _policies(self) -> None:
        """What one of them wanted a second person for, the whole wants: nothing is loosened by a merge."""
        said = read_policies(self.session)
        for into in sorted(set(self.after.merged.values())):
            gone = [said[area] for area, one in self.after.merged.items() if one == into and area in said]
            if gone:
                set_policy(self.session, into, strictest([*gone, *filter(None, [said.get(into)])]), self.act)

    def _places(self, area: str, widened: bool) -> list[str]:
        return [self.after.merged[area]] if widened else self._retargeting.heirs(area)

    def _record(self, action: Action, subject: str, detail: str, area: str | None) -> None:
        record(self.session, self.act, action, subject, detail, area=area)


def keep_languages(session: Session, before: Land, after: Land) -> None:
    """An area that came to lie elsewhere goes on in the languages in which it heard bulletins before."""
    rows = {row.id: row for row in session.exec(select(Area))}
    known = {area: list(row.languages) for area, row in rows.items()}
    for area in sorted(rows.keys() - after.ended):
        if area in before.parents and before.parents[area] != after.parents[area] and not rows[area].languages:
            _keep(rows[area], _spoken(area, before.parents, known), _spoken(area, after.parents, known))
    for area in sorted(set(after.merged.values()) - before.parents.keys()):
        said = [_spoken(one, before.parents, known) for one, into in after.merged.items() if into == area]
        if all(one == said[0] for one in said):
            _keep(rows[area], said[0], _spoken(area, after.parents, known))


def _keep(row: Area, heard: list[str], would_hear: list[str]) -> None:
    if heard != would_hear:
        row.languages = heard


def _spoken(area: str, parents: Parents, languages: Spoken) -> list[str]:
    return next((languages[one] for one in lineage(area, parents) if languages.get(one)), [])
