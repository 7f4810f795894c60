"""Which programmes concern an area: its own, and what sounds at some speaker in it."""

from sqlmodel import Session, col, select

from controller.programmes.reading import read_programmes
from devices.areas import lineage
from devices.models import Membership
from devices.registry import parents
from scheduler.programmes.models import GroupMember
from scheduler.programmes.programme import Programme


def programmes_of(session: Session, area: str) -> list[str]:
    """Ids of those that have not ended. AreaUnknown."""
    tree = parents(session, area)
    near = {one for one in tree if area in lineage(one, tree)} | set(lineage(area, tree))
    inside = set(session.exec(select(Membership.device_id).where(Membership.area_id == area)))
    grouped = select(GroupMember.group_id).where(col(GroupMember.device_id).in_(inside))
    groups = set(session.exec(grouped))

    def concerns(wish: Programme) -> bool:
        heard = (
            near & set(wish.targets.areas) or inside & set(wish.targets.devices) or groups & set(wish.targets.groups)
        )
        return bool(heard) or wish.owner == area

    return [name for name, kept in read_programmes(session).items() if concerns(kept.wish)]
