"""From the tables to who is called what."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from controller.exchange.directory import Directory, Path
from controller.exchange.ports import Seen
from controller.library.models import Bulletin
from devices.areas import lineage
from devices.models import Area, Device
from devices.registry import parents
from scheduler.programmes.models import SpeakerGroup


def read_directory(session: Session, seen: Seen, *, around: bool = False) -> Directory:
    """Areas, originals of bulletins and their categories, groups, and speakers in service, as far as they are seen.

    `around`: with the areas around them.
    """
    bulletins = select(Bulletin.id, Bulletin.title).where(col(Bulletin.original_id).is_(None), seen.of("bulletin"))
    categories = select(col(Bulletin.category)).where(col(Bulletin.category).is_not(None), seen.of("bulletin"))
    speakers = select(Device.id, Device.name).where(col(Device.retired_at).is_(None), seen.of("device"))
    groups = select(SpeakerGroup.id, SpeakerGroup.name).where(seen.of("group"))
    areas = select(Area.id).where(seen.of("area_around" if around else "area"))
    return Directory(
        {
            "area": _areas(session, session.exec(areas)),
            "bulletin": {name: (title,) for name, title in session.exec(bulletins)},
            "category": {name: (name,) for name in session.exec(categories.distinct()) if name},
            "group": {name: (called,) for name, called in session.exec(groups)},
            "speaker": {name: (called,) for name, called in session.exec(speakers)},
        }
    )


def _areas(session: Session, areas: Iterable[str]) -> dict[str, Path]:
    tree = parents(session)
    called = dict(session.exec(select(Area.id, Area.name)).all())
    return {area: tuple(called[one] for one in reversed(lineage(area, tree))) for area in areas}
