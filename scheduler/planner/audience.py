"""Speakers that hear the same programmes under the same rules are planned for as one. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from devices.areas import Parents, lineage
from scheduler.programmes.programme import Targets

Languages = tuple[str, ...]


@dataclass(frozen=True)
class Speaker:
    """Where a speaker stands, what it belongs to, and the rules of the air that bind it."""

    id: str
    area: str
    groups: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    second: bool = False
    """It speaks in turn B, after its neighbours."""


@dataclass(frozen=True)
class Hearers:
    """Speakers for which everything is the same: programmes, rules, languages and, where it counts, the turn."""

    programmes: frozenset[str]
    rules: tuple[str, ...]
    languages: Languages
    second: bool
    speakers: frozenset[str]


def gather(
    speakers: Iterable[Speaker],
    targets: Mapping[str, Targets],
    parents: Parents,
    languages: Mapping[str, Languages],
    in_turns: Set[str] = frozenset(),
) -> list[Hearers]:
    """All speakers in as few groups as there are differences, in a fixed order. `targets` by programme;
    `languages` by area, inherited downwards; `in_turns`: programmes in which neighbours take turns."""
    by_area, by_group, by_name = (_turned(targets, of) for of in ("areas", "groups", "devices"))
    heard_in = {area: _in_lineage(area, parents, by_area) for area in parents}
    spoken_in = {area: _nearest(area, parents, languages) for area in parents}
    found: dict[tuple[frozenset[str], tuple[str, ...], Languages, bool], set[str]] = defaultdict(set)
    for one in speakers:
        heard = heard_in[one.area]
        more = [by_group[group] for group in one.groups if group in by_group]
        if more or one.id in by_name:
            heard = heard.union(*more, by_name.get(one.id, frozenset()))
        second = one.second and not in_turns.isdisjoint(heard)
        found[heard, one.rules, spoken_in[one.area], second].add(one.id)
    groups = (Hearers(*common, frozenset(who)) for common, who in found.items())
    return sorted(groups, key=lambda group: min(group.speakers))


def _turned(targets: Mapping[str, Targets], of: str) -> Mapping[str, frozenset[str]]:
    """Area, group or speaker to the programmes that name it."""
    found: dict[str, set[str]] = defaultdict(set)
    for programme, wanted in targets.items():
        names: Sequence[str] = getattr(wanted, of)
        for name in names:
            found[name].add(programme)
    return {name: frozenset(programmes) for name, programmes in found.items()}


def _in_lineage(area: str, parents: Parents, by_area: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*(by_area.get(one, ()) for one in lineage(area, parents)))


def _nearest(area: str, parents: Parents, languages: Mapping[str, Languages]) -> Languages:
    return next((languages[one] for one in lineage(area, parents) if languages.get(one)), ())
