"""What a caller sees, as conditions for questions to the tables: lists, pages and counts hold nothing else.

Who sees everything is asked no condition. It says the same as `subjects`, of many things at once.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import CTE, and_, true
from sqlmodel import Session, SQLModel, col, func, or_, select

from controller.air.book import zones_around
from controller.alerts.models import AlertArea, AlertRow
from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery
from controller.library.models import Bulletin
from controller.people.callers import Caller
from controller.people.permissions import Action
from devices.models import Area, ClaimCode, Device, Incident
from devices.registry import LOT
from scheduler.air.models import AirRule, Zone
from scheduler.programmes.models import GroupMember, ProgrammeRow, SpeakerGroup
from scheduler.programmes.programme import Targets

TABLES: dict[str, type[SQLModel]] = {
    "area": Area, "device": Device, "bulletin": Bulletin, "broadcast": Broadcast, "alert": AlertRow,
    "programme": ProgrammeRow, "group": SpeakerGroup, "zone": Zone, "rule": AirRule, "incident": Incident,
    "claim_code": ClaimCode,
}  # fmt: skip


class Sight:
    """Of one caller, in one session."""

    def __init__(self, session: Session, caller: Caller) -> None:
        self._session = session
        self._roots = sorted(root for root in caller.rights.roots(Action.SEE) if root is not None)
        self.everything = caller.rights.everywhere(Action.SEE)

    def of(self, kind: str) -> Any:
        """The condition under which a row of this kind (a name in `TABLES`, or `area_around`) is seen."""
        return true() if self.everything else getattr(self, f"_{kind}")

    def seen(self, kind: str, ids: Iterable[str]) -> set[str]:
        """Those of these ids that are there and are seen."""
        table: Any = TABLES[kind]
        asked, found = sorted(set(ids)), set[str]()
        for begin in range(0, len(asked), LOT):
            rows = select(table.id).where(col(table.id).in_(asked[begin : begin + LOT]), self.of(kind))
            found.update(self._session.exec(rows))
        return found

    def areas(self, ids: Iterable[str]) -> list[str]:
        """Those of these areas that are seen, or lie around what is: of what sounds there they hear their part."""
        wanted = sorted(set(ids))
        if self.everything or not wanted:
            return wanted
        rows = select(Area.id).where(col(Area.id).in_(wanted), self._area_around)
        return sorted(self._session.exec(rows))

    def targets(self, found: Sequence[Targets]) -> list[Targets]:
        """Of what some programmes name as their targets, what is seen; of areas around it too: that is heard."""
        if self.everything:
            return list(found)
        areas = set(self.areas(area for one in found for area in one.areas))
        groups = self.seen("group", (group for one in found for group in one.groups))
        devices = self.seen("device", (device for one in found for device in one.devices))
        return [
            Targets.model_construct(
                areas=tuple(area for area in one.areas if area in areas),
                groups=tuple(group for group in one.groups if group in groups),
                devices=tuple(device for device in one.devices if device in devices),
            )
            for one in found
        ]

    @cached_property
    def speakers(self) -> frozenset[str] | None:
        """Ids of all speakers that are seen; None: all that there are."""
        return None if self.everything else frozenset(self._session.exec(self._devices))

    @cached_property
    def _inside(self) -> CTE:
        """The areas where they may see, and all within."""
        top = select(Area.id).where(col(Area.id).in_(self._roots)).cte("seen", recursive=True)
        return top.union(select(Area.id).join(top, col(Area.parent_id) == top.c.id))

    @cached_property
    def _above(self) -> CTE:
        """These and all around them."""
        base = select(Area.id, Area.parent_id).where(col(Area.id).in_(self._roots)).cte("above", recursive=True)
        return base.union(select(Area.id, Area.parent_id).join(base, col(Area.id) == base.c.parent_id))

    def _in(self, area: Any) -> Any:
        return col(area).in_(select(self._inside.c.id))

    def _around(self, area: Any) -> Any:
        return or_(self._in(area), col(area).in_(select(self._above.c.id)))

    def heard_by(self, device: Any) -> Any:
        """Whether this column names a speaker that is seen: where an index leads by it, sooner than by its row."""
        return true() if self.everything else col(device).in_(self._devices)

    @property
    def _devices(self) -> Any:
        return select(Device.id).where(self._in(Device.area_id))

    @property
    def _area(self) -> Any:
        return self._in(Area.id)

    @property
    def _area_around(self) -> Any:
        """As `area`, with all around them."""
        return self._around(Area.id)

    @property
    def _device(self) -> Any:
        return self._in(Device.area_id)

    @property
    def _claim_code(self) -> Any:
        return self._in(ClaimCode.area_id)

    @property
    def _broadcast(self) -> Any:
        """Where one of their speakers is to hear it."""
        heard = select(Delivery.occurrence_id).where(col(Delivery.device_id).in_(self._devices))
        return col(Broadcast.occurrence_id).in_(heard)

    @property
    def _bulletin(self) -> Any:
        """Theirs, what comes from above, and what is, or was, on air at theirs. What waits for a second person is its
        owner's alone."""
        above = or_(col(Bulletin.owner_id).is_(None), self._around(Bulletin.owner_id))
        return or_(
            self._in(Bulletin.owner_id), and_(above, col(Bulletin.held).is_(False)),
            col(Bulletin.id).in_(select(Broadcast.bulletin_id).where(self._broadcast)),
        )  # fmt: skip

    @property
    def _alert(self) -> Any:
        rows = select(AlertArea.alert_id).where(self._around(AlertArea.area_id))
        return col(AlertRow.id).in_(rows)

    @property
    def _group(self) -> Any:
        rows = select(GroupMember.group_id).where(col(GroupMember.device_id).in_(self._devices))
        return col(SpeakerGroup.id).in_(rows)

    @property
    def _programme(self) -> Any:
        """Theirs, and what sounds in, around or at one of theirs."""
        groups = select(SpeakerGroup.id).where(self._group)
        return or_(
            self._in(ProgrammeRow.owner_id), _names("areas", self._around),
            _names("devices", lambda device: device.in_(self._devices)), _names("groups", lambda one: one.in_(groups)),
        )  # fmt: skip

    @property
    def _zone(self) -> Any:
        """Theirs, and what binds one of their speakers."""
        return or_(self._in(Zone.area_id), col(Zone.id).in_(self._zones))

    @property
    def _rule(self) -> Any:
        """What binds them: of their areas and those around them, of their zones and speakers."""
        zones = select(Zone.id).where(self._zone)
        return or_(
            self._around(AirRule.area_id), col(AirRule.zone_id).in_(zones), col(AirRule.device_id).in_(self._devices)
        )

    @property
    def _incident(self) -> Any:
        """Of their speakers, or of an area, alert or programme that they see."""
        subjects = or_(
            self._in(Incident.subject), col(Incident.subject).in_(select(AlertRow.id).where(self._alert)),
            col(Incident.subject).in_(select(ProgrammeRow.id).where(self._programme)),
        )  # fmt: skip
        return or_(col(Incident.device_id).in_(self._devices), and_(col(Incident.device_id).is_(None), subjects))

    @cached_property
    def _zones(self) -> list[str]:
        return sorted(zones_around(self._session, self._in(Device.area_id)))


def _names(field: str, asked: Any) -> Any:
    """Whether one of the targets that a programme names in this field is such a one."""
    named = func.json_each(ProgrammeRow.said, f"$.targets.{field}").table_valued("value", name=f"named_{field}")
    return select(1).select_from(named).where(asked(named.c.value)).exists()
