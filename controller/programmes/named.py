"""What programmes name must be there: areas, speakers, groups and bulletins, read once for many of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from controller.errors.library import BulletinUnknown
from controller.errors.programmes import GroupUnknown
from controller.library.models import Bulletin
from devices.errors import AreaEnded, AreaUnknown, DeviceUnknown
from devices.models import Area, Device
from devices.registry import LOT, parents
from scheduler.programmes.models import SpeakerGroup
from scheduler.programmes.programme import OneBulletin, Programme


@dataclass(frozen=True)
class Named:
    """Of what some programmes name: the ids that are there."""

    areas: frozenset[str]
    ended: frozenset[str]
    """Of these areas, those in which nothing new is said any more."""
    devices: frozenset[str]
    groups: frozenset[str]
    bulletins: frozenset[str]

    def check(self, wish: Programme) -> None:
        """AreaUnknown, AreaEnded, DeviceUnknown, GroupUnknown, BulletinUnknown."""
        for area in (wish.owner, *wish.targets.areas):
            if area not in self.areas:
                raise AreaUnknown(area=area)
            if area in self.ended:
                raise AreaEnded(area=area)
        for device in wish.targets.devices:
            if device not in self.devices:
                raise DeviceUnknown(device=device)
        for group in wish.targets.groups:
            if group not in self.groups:
                raise GroupUnknown(group=group)
        for bulletin in _bulletins(wish):
            if bulletin not in self.bulletins:
                raise BulletinUnknown(bulletin=bulletin)


def read_named(session: Session, wishes: Sequence[Programme]) -> Named:
    return Named(
        frozenset(parents(session)),
        frozenset(session.exec(select(Area.id).where(col(Area.ended_at).is_not(None)))),
        _known(session, Device, (one for wish in wishes for one in wish.targets.devices)),
        _known(session, SpeakerGroup, (one for wish in wishes for one in wish.targets.groups)),
        _known(session, Bulletin, (one for wish in wishes for one in _bulletins(wish))),
    )


def _bulletins(wish: Programme) -> Sequence[str]:
    return (wish.content.bulletin,) if isinstance(wish.content, OneBulletin) else ()


def _known(session: Session, table: type[Device | SpeakerGroup | Bulletin], ids: Iterable[str]) -> frozenset[str]:
    wanted, found = sorted(set(ids)), set[str]()
    for begin in range(0, len(wanted), LOT):
        found.update(session.exec(select(table.id).where(col(table.id).in_(wanted[begin : begin + LOT]))))
    return frozenset(found)
