"""Wishes that sound again and again: programmes made, changed, brought in by a file, and groups that they name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter
from sqlmodel import Session

from controller.approvals.airing import digest_of
from controller.approvals.deed import Deed, Ports, Seen
from controller.approvals.everyone import homes, reach
from controller.library.models import Bulletin
from controller.people.approval_rules import Nature
from controller.people.audit import Act
from controller.people.permissions import Action
from controller.people.rights import Place
from controller.programmes.groups import change_group
from controller.programmes.keeping import OnClash, change_programme, create_programme, find_programme
from controller.programmes.keeping_many import create_programmes
from controller.programmes.reading import read_programmes
from scheduler.programmes.models import ProgrammeRow
from scheduler.programmes.programme import OneBulletin, Programme

KINDS = frozenset({"text", "upload", "playlist"})
"""What the newest bulletin of a category may be."""


@dataclass(frozen=True)
class ProgrammeMade:
    programme: Programme
    on_clash: OnClash = "refuse"


@dataclass(frozen=True)
class ProgrammeChanged:
    """`id` is from now on as `programme` says."""

    id: str
    programme: Programme
    on_clash: OnClash = "refuse"


@dataclass(frozen=True)
class ProgrammesMade:
    """Those of a file, one after the other."""

    programmes: tuple[Programme, ...]
    on_clash: Literal["refuse", "append"] = "refuse"


@dataclass(frozen=True)
class GroupChanged:
    id: str
    name: str
    devices: tuple[str, ...]


class ProgrammeMaking(Deed[ProgrammeMade]):
    kind = "programme"
    action = Action.PROGRAMME_EDIT
    nature = Nature.SOUND
    shape = TypeAdapter(ProgrammeMade)

    def do(self, session: Session, wish: ProgrammeMade, act: Act, ports: Ports) -> str:
        return create_programme(session, wish.programme, act, ports.new_id, wish.on_clash)

    def look(self, session: Session, wish: ProgrammeMade, made: str, act: Act) -> Seen:
        return seen_of(session, [wish.programme])


class ProgrammeChanging(Deed[ProgrammeChanged]):
    kind = "programme_change"
    action = Action.PROGRAMME_EDIT
    nature = Nature.SOUND
    shape = TypeAdapter(ProgrammeChanged)

    def do(self, session: Session, wish: ProgrammeChanged, act: Act, ports: Ports) -> str:
        change_programme(session, wish.id, wish.programme, act, wish.on_clash)
        row = find_programme(session, wish.id)
        row.changed_by_id, row.approved_by = act.who_id, act.approved_by
        return wish.id

    def look(self, session: Session, wish: ProgrammeChanged, made: str, act: Act) -> Seen:
        revision = session.get_one(ProgrammeRow, wish.id).revision
        return seen_of(session, [wish.programme], wish.id, {"revision": revision})


class ProgrammesMaking(Deed[ProgrammesMade]):
    kind = "programme_import"
    action = Action.PROGRAMME_EDIT
    nature = Nature.SOUND
    shape = TypeAdapter(ProgrammesMade)

    def do(self, session: Session, wish: ProgrammesMade, act: Act, ports: Ports) -> str:
        """All or none."""
        made = []
        for kept in create_programmes(session, wish.programmes, act, ports.new_id, wish.on_clash):
            if not isinstance(kept, str):
                raise kept
            made.append(kept)
        return " ".join(made)

    def look(self, session: Session, wish: ProgrammesMade, made: str, act: Act) -> Seen:
        return seen_of(session, wish.programmes)


class GroupChanging(Deed[GroupChanged]):
    """Other speakers in a group that programmes name: they would sound there too."""

    kind = "group_change"
    action = Action.PROGRAMME_EDIT
    nature = Nature.SOUND
    shape = TypeAdapter(GroupChanged)

    def do(self, session: Session, wish: GroupChanged, act: Act, ports: Ports) -> str:
        change_group(session, wish.id, wish.name, wish.devices, act)
        return wish.id

    def look(self, session: Session, wish: GroupChanged, made: str, act: Act) -> Seen:
        kept = read_programmes(session).values()
        naming = [one.wish for one in kept if wish.id in one.wish.targets.groups and not one.wish.paused]
        seen = seen_of(session, naming, wish.id)
        places = homes(session, wish.devices)
        return Seen(
            said=f"{wish.name} ({len(wish.devices)})", places=places or seen.places, matters=bool(naming),
            areas=seen.areas, speakers=seen.speakers, rank=seen.rank, sources=seen.sources, subject=wish.id,
            pins=seen.pins,
        )  # fmt: skip


def seen_of(
    session: Session, wishes: Sequence[Programme], subject: str | None = None, pins: dict[str, object] | None = None
) -> Seen:
    """What some programmes would do."""
    speakers = reach(session, wishes)
    bulletins = [session.get_one(Bulletin, one) for one in sorted(named_in(wishes))]
    newest = any(not isinstance(one.content, OneBulletin) for one in wishes)
    return Seen(
        said=f"{', '.join(one.title for one in wishes[:5])} → {len(speakers)}", places=places_of(session, wishes),
        areas=frozenset(area for one in wishes for area in one.targets.areas),
        matters=any(not one.paused for one in wishes), speakers=speakers,
        rank="priority" if any(one.rank == "priority" for one in wishes) else "normal",
        sources=frozenset(one.kind for one in bulletins) | (KINDS if newest else frozenset()), subject=subject,
        bulletin=bulletins[0].id if len(bulletins) == 1 else None,
        pins={
            "sounds": {one.id: one.sha256 for one in bulletins}, "speakers": digest_of(speakers), **(pins or {}),
        },
    )  # fmt: skip


def named_in(wishes: Sequence[Programme]) -> set[str]:
    """Bulletins that they say by name."""
    return {one.content.bulletin for one in wishes if isinstance(one.content, OneBulletin)}


def places_of(session: Session, wishes: Sequence[Programme]) -> frozenset[Place]:
    """Whose they are, and where they sound."""
    areas = {area for one in wishes for area in (one.owner, *one.targets.areas)}
    single = reach(session, [one.model_copy(update={"targets": _without_areas(one)}) for one in wishes])
    return frozenset(areas) | homes(session, single)


def _without_areas(one: Programme) -> object:
    return one.targets.model_copy(update={"areas": ()})
