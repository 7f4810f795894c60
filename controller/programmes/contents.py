"""Which sound a programme has: its bulletin in the language of the place, or the newest of its category."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, and_, col, or_, select

from controller.library.models import Blob, Bulletin
from devices.protocol.units import MILLI
from scheduler.planner.audience import Languages
from scheduler.planner.entries import Sound
from scheduler.programmes.programme import Newest, OneBulletin, Programme


@dataclass(frozen=True)
class Version:
    """A bulletin in one language; `blob` is None while it is not ready."""

    bulletin: str
    language: str
    blob: Blob | None


@dataclass(frozen=True)
class Shelf:
    """What may air: the versions of each bulletin asked for, and of the newest one of each category."""

    bulletins: Mapping[str, Sequence[Version]]
    """Original first."""
    newest: Mapping[str, Sequence[Version]]

    def version(self, programme: Programme, languages: Languages) -> Version | None:
        """What is heard where these languages are wished for, the first one that there is; else the original."""
        versions = self._versions(programme)
        spoken = {one.language: one for one in versions if one.blob is not None}
        wished = next((spoken[language] for language in languages if language in spoken), None)
        return wished or next(iter(versions), None)

    def _versions(self, programme: Programme) -> Sequence[Version]:
        match programme.content:
            case OneBulletin(bulletin=name):
                return self.bulletins.get(name, ())
            case Newest(category=name):
                return self.newest.get(name, ())


def read_shelf(session: Session, programmes: Iterable[Programme]) -> Shelf:
    """All versions that these programmes may need."""
    contents = [one.content for one in programmes]
    named = {content.bulletin for content in contents if isinstance(content, OneBulletin)}
    categories = {content.category for content in contents if isinstance(content, Newest)}
    newest = {category: found for category in categories if (found := _newest(session, category)) is not None}
    wanted = named | set(newest.values())
    versions = _read_versions(session, wanted)
    return Shelf(
        {name: versions[name] for name in named if name in versions},
        {category: versions[name] for category, name in newest.items()},
    )


def sound_of(blob: Blob, repeats: int, gap_ms: int) -> Sound:
    """All repeats of a blob."""
    heard = blob.duration_ms * repeats * MILLI
    return Sound(blob.sha256, heard + gap_ms * (repeats - 1) * MILLI, heard)


def _newest(session: Session, category: str) -> str | None:
    rows = (
        select(Bulletin.id)
        .where(
            Bulletin.category == category,
            Bulletin.state == "ready",
            col(Bulletin.original_id).is_(None),
            col(Bulletin.held).is_(False),
        )
        .order_by(col(Bulletin.created_at).desc(), col(Bulletin.id))
    )
    return session.exec(rows.limit(1)).first()


def _read_versions(session: Session, originals: Iterable[str]) -> dict[str, list[Version]]:
    names = sorted(originals)
    rows = (
        select(Bulletin, Blob)
        .join(Blob, col(Blob.sha256) == col(Bulletin.sha256), isouter=True)
        .where(
            or_(col(Bulletin.id).in_(names), and_(col(Bulletin.original_id).in_(names), col(Bulletin.held).is_(False)))
        )
        .order_by(col(Bulletin.original_id).is_not(None), col(Bulletin.created_at), col(Bulletin.id))
    )
    found: dict[str, list[Version]] = {}
    for bulletin, blob in session.exec(rows):
        ready = blob if bulletin.state == "ready" else None
        found.setdefault(bulletin.original_id or bulletin.id, []).append(Version(bulletin.id, bulletin.language, ready))
    return found
