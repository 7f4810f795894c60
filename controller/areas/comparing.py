"""Two pictures of the same tables, before and after a change: what has become of what."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from controller.areas.effects import (
    AreaEffect,
    AudienceEffect,
    BelongingsEffect,
    Effects,
    GroupEffect,
    LanguageEffect,
    PlaceEffect,
    ProgrammeEffect,
    RightsEffect,
    RuleEffect,
    SpeakerEffect,
    TwiceEffect,
    ZoneEffect,
)
from controller.areas.picture import Picture
from controller.areas.shifts import Shift, shifts
from devices.protocol.json_text import canonical


@dataclass(frozen=True)
class Comparison:
    before: Picture
    after: Picture
    made: tuple[str, ...] = ()
    """Ids that the change has made, in the order in which it did: others, the next time."""
    left: tuple[BelongingsEffect, ...] = ()
    """What areas that are no more leave."""

    def effects(self, wish: Mapping[str, object]) -> Effects:
        rights, speakers = self.shifts(), list(self._speakers())
        told = {
            "areas": list(self._areas()), "speakers": speakers, "configurations": len(speakers),
            "echo": sum(self.before.speakers[one.device].echoes for one in speakers),
            "programmes": list(self._programmes()), "audiences": list(self._audiences()), "twice": list(self._twice()),
            "rules": list(self._rules()), "zones": list(self._zones()), "groups": list(self._groups()),
            "languages": list(self._languages()), "belongings": list(self.left),
            "rights": [_shown(one) for one in rights], "widens": any(one.gains for one in rights),
        }  # fmt: skip
        seen = Effects.model_validate(told | {"fingerprint": ""})
        return seen.model_copy(update={"fingerprint": self._fingerprint(seen, rights, wish)})

    def shifts(self) -> list[Shift]:
        return shifts((self.before.land, self.before.holders), (self.after.land, self.after.holders))

    @property
    def moved(self) -> frozenset[str]:
        """Speakers whose places have changed."""
        return frozenset(
            device for device, one in self.after.speakers.items() if one.places != self.before.speakers[device].places
        )

    def _fingerprint(self, seen: Effects, rights: list[Shift], wish: Mapping[str, object]) -> str:
        who = [[one.holder, [*one.actions], sorted(one.gains), sorted(one.loses)] for one in rights]
        said = canonical({"wish": wish, "seen": seen.model_dump(mode="json"), "rights": who})
        for number, made in enumerate(self.made):
            said = said.replace(made.encode(), str(number).encode())
        return hashlib.sha256(said).hexdigest()

    def _areas(self) -> Iterator[AreaEffect]:
        old, new = self.before, self.after
        for area in sorted(new.land.names, key=lambda one: (one not in old.land.names, one)):
            name = new.land.names[area]
            was = (old.land.names.get(area), old.land.parents.get(area), area in old.land.ended)
            if was != (name, new.land.parents[area], area in new.land.ended):
                yield AreaEffect(
                    area=area, name_before=was[0], name=name, parent_before=was[1], parent=new.land.parents[area],
                    ends=area in new.land.ended - old.land.ended, merged_into=new.merged.get(area),
                )  # fmt: skip

    def _speakers(self) -> Iterator[SpeakerEffect]:
        lineages = self.after.land.lineages()
        for device in sorted(self.moved):
            one, numbers = self.after.speakers[device], dict(self.after.speakers[device].places)
            places = [PlaceEffect(area=area, number=numbers[area]) for area in lineages[device]]
            yield SpeakerEffect(
                device=device, name=one.name, area_before=self.before.land.homes[device],
                area=self.after.land.homes[device], places=places,
            )  # fmt: skip

    def _programmes(self) -> Iterator[ProgrammeEffect]:
        for name, wish in sorted(self.after.programmes.items()):
            was = self.before.programmes[name]
            if (was.owner, was.targets) != (wish.owner, wish.targets):
                yield ProgrammeEffect(
                    programme=name, title=wish.title, owner_before=was.owner, owner=wish.owner,
                    targets_before=was.targets, targets=wish.targets,
                )  # fmt: skip

    def _audiences(self) -> Iterator[AudienceEffect]:
        for name, heard in sorted(self.after.hearers.items()):
            was = self.before.hearers[name]
            if was != heard:
                title = self.after.programmes[name].title
                yield AudienceEffect(programme=name, title=title, gains=len(heard - was), loses=len(was - heard))

    def _twice(self) -> Iterator[TwiceEffect]:
        alike: dict[object, list[str]] = {}
        for name, wish in sorted(self.after.programmes.items()):
            alike.setdefault(wish.content, []).append(name)
        for names in alike.values():
            for first, second in combinations(names, 2):
                both, were = _both(self.after, first, second), _both(self.before, first, second)
                if both - were:
                    titles = {"first_title": self._title(first), "second_title": self._title(second)}
                    yield TwiceEffect(first=first, second=second, speakers=len(both - were), **titles)

    def _title(self, programme: str) -> str:
        return self.after.programmes[programme].title

    def _rules(self) -> Iterator[RuleEffect]:
        gains, loses = Counter[str](), Counter[str]()
        for device, one in self.after.speakers.items():
            was = set(self.before.speakers[device].rules)
            gains.update(set(one.rules) - was)
            loses.update(was.difference(one.rules))
        for rule in sorted(gains.keys() | loses.keys()):
            yield RuleEffect(rule=rule, name=self.after.rules[rule], gains=gains[rule], loses=loses[rule])

    def _zones(self) -> Iterator[ZoneEffect]:
        for zone, area in sorted(self.after.zones.items()):
            if self.before.zones[zone] != area:
                yield ZoneEffect(zone=zone, area_before=self.before.zones[zone], area=area)

    def _groups(self) -> Iterator[GroupEffect]:
        for group in self.made:
            if group in self.after.groups:
                name, speakers = self.after.groups[group]
                yield GroupEffect(group=group, name=name, speakers=speakers)

    def _languages(self) -> Iterator[LanguageEffect]:
        said = Counter(
            (self.before.speakers[device].languages, one.languages) for device, one in self.after.speakers.items()
        )
        for (was, spoken), speakers in sorted(said.items()):
            if was != spoken:
                yield LanguageEffect(before=list(was), after=list(spoken), speakers=speakers)


def _both(picture: Picture, first: str, second: str) -> frozenset[str]:
    return picture.hearers[first] & picture.hearers[second]


def _shown(one: Shift) -> RightsEffect:
    return RightsEffect(
        holder=one.holder, name=one.name, actions=[*one.actions], gains=len(one.gains), loses=len(one.loses)
    )
