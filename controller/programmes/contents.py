"""Which sound a programme has: its bulletin in the language of the place, or the newest of its category."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, null, or_, select

from controller.library.models import Blob, Bulletin
from devices.areas import Parents, lineage
from devices.models import Area
from devices.protocol.units import MILLI
from devices.registry import LOT, parents
from scheduler.planner.audience import Languages
from scheduler.planner.entries import Sound
from scheduler.programmes.programme import Newest, OneBulletin, Programme


@dataclass(frozen=True)
class Version:
    """A bulletin of somebody in one language; `blob` is None while it is not ready."""

    bulletin: str
    language: str
    blob: Blob | None
    owner: str | None = None
    """None: the installation."""


@dataclass(frozen=True)
class Shelf:
    """What may air: the versions of each bulletin asked for, and of the newest one of each category for an owner."""

    bulletins: Mapping[str, Sequence[Version]]
    """Original first."""
    newest: Mapping[tuple[str, str], str]
    """Category and owner of a programme to a bulletin."""
    tree: Parents

    def version(self, programme: Programme, languages: Languages) -> Version | None:
        """What is heard where these languages are wished for, the first one that there is; else the original."""
        versions = self._versions(programme)
        spoken = {one.language: one for one in versions if one.blob is not None}
        wished = next((spoken[language] for language in languages if language in spoken), None)
        return wished or next(iter(versions), None)

    def _versions(self, programme: Programme) -> Sequence[Version]:
        """Those that are the programme's owner's to say, or the original's."""
        match programme.content:
            case OneBulletin(bulletin=name):
                found = self.bulletins.get(name, ())
            case Newest(category=category):
                found = self.bulletins.get(self.newest.get((category, programme.owner), ""), ())
        owners = {None, *lineage(programme.owner, self.tree), *(one.owner for one in found[:1])}
        return [one for one in found if one.owner in owners]


def read_shelf(session: Session, programmes: Iterable[Programme]) -> Shelf:
    """All versions that these programmes may need."""
    wishes, tree = list(programmes), parents(session)
    named = {one.content.bulletin for one in wishes if isinstance(one.content, OneBulletin)}
    owners: dict[str, set[str]] = defaultdict(set)
    for one in wishes:
        if isinstance(one.content, Newest):
            owners[one.content.category].add(one.owner)
    newest = {
        (category, owner): found
        for category, asking in owners.items()
        for owner, found in _newest(session, category, asking, tree).items()
    }
    return Shelf(_read_versions(session, named | set(newest.values())), newest, tree)


def sound_of(blob: Blob, repeats: int, gap_ms: int) -> Sound:
    """All repeats of a blob."""
    heard = blob.duration_ms * repeats * MILLI
    return Sound(blob.sha256, heard + gap_ms * (repeats - 1) * MILLI, heard)


def _newest(session: Session, category: str, owners: Iterable[str], tree: Parents) -> dict[str, str]:
    """For each of these the newest bulletin of its own, of a place around it, or of the installation."""
    own = {owner: (-made_at, name) for owner, name, made_at in session.exec(_newest_of_each(category))}
    found: dict[str, str] = {}
    for owner in owners:
        near = [own[place] for place in (None, *lineage(owner, tree)) if place in own]
        if near:
            found[owner] = min(near)[1]
    return found


def _newest_of_each(category: str) -> Any:
    """Of every place, and of the installation, the newest one: as many looks into the index as there are places."""
    places = select(Area.id).union_all(select(null())).subquery()
    one = aliased(Bulletin)
    newest = (
        select(one.id)
        .where(
            one.category == category, col(one.owner_id).is_not_distinct_from(places.c.id), one.state == "ready",
            col(one.original_id).is_(None), col(one.held).is_(False),
        )
        .order_by(col(one.created_at).desc(), col(one.id))
        .limit(1)
        .scalar_subquery()
    )  # fmt: skip
    return select(places.c.id, Bulletin.id, Bulletin.created_at).join(Bulletin, col(Bulletin.id) == newest)


def _read_versions(session: Session, originals: Iterable[str]) -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = {}
    names = sorted(originals)
    for begin in range(0, len(names), LOT):
        for bulletin, blob in session.exec(_versions_of(names[begin : begin + LOT])):
            ready = blob if bulletin.state == "ready" else None
            version = Version(bulletin.id, bulletin.language, ready, bulletin.owner_id)
            found.setdefault(bulletin.original_id or bulletin.id, []).append(version)
    return found


def _versions_of(names: Sequence[str]) -> Any:
    return (
        select(Bulletin, Blob)
        .join(Blob, col(Blob.sha256) == col(Bulletin.sha256), isouter=True)
        .where(
            or_(col(Bulletin.id).in_(names), and_(col(Bulletin.original_id).in_(names), col(Bulletin.held).is_(False)))
        )
        .order_by(col(Bulletin.original_id).is_not(None), col(Bulletin.created_at), col(Bulletin.id))
    )
