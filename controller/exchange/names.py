"""From the tables to who is called what."""

from sqlmodel import Session, col, select

from controller.exchange.directory import Directory, Path
from controller.library.models import Bulletin
from devices.areas import lineage
from devices.models import Area, Device
from devices.registry import parents
from scheduler.programmes.models import SpeakerGroup


def read_directory(session: Session) -> Directory:
    """Areas, originals of bulletins and their categories, groups, and speakers in service."""
    bulletins = select(Bulletin.id, Bulletin.title).where(col(Bulletin.original_id).is_(None))
    categories = select(col(Bulletin.category)).where(col(Bulletin.category).is_not(None)).distinct()
    speakers = select(Device.id, Device.name).where(col(Device.retired_at).is_(None))
    return Directory(
        {
            "area": _areas(session),
            "bulletin": {name: (title,) for name, title in session.exec(bulletins)},
            "category": {name: (name,) for name in session.exec(categories) if name},
            "group": {name: (called,) for name, called in session.exec(select(SpeakerGroup.id, SpeakerGroup.name))},
            "speaker": {name: (called,) for name, called in session.exec(speakers)},
        }
    )


def _areas(session: Session) -> dict[str, Path]:
    tree = parents(session)
    called = dict(session.exec(select(Area.id, Area.name)).all())
    return {area: tuple(called[one] for one in reversed(lineage(area, tree))) for area in tree}
