"""The office's calendar in a rehearsal: programmes made, changed and ended, and what the judge is told of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery
from controller.people.audit import Act
from controller.programmes.keeping import OnClash, change_programme, create_programme, end_programme, find_programme
from controller.programmes.preview import Preview, preview
from devices.protocol.units import MILLI
from firmware_sim.judge.records import Accepted
from scheduler.air.models import AirRule
from scheduler.air.rules import AirRules
from scheduler.programmes.programme import Programme
from scheduler.timetable import wanted

if TYPE_CHECKING:
    from firmware_sim.village.village import Village


class Schedule:
    """Of one village. Everything is said to the services of the real controller."""

    def __init__(self, village: "Village") -> None:
        self._village = village
        self._office = village.office
        self._asked: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        """Areas and speakers of each programme."""
        self._targets: dict[str, frozenset[str]] = {}
        """By what stands on the poles, not by what the controller wrote down."""

    def programme(
        self, days: dict[str, object], *times: str, bulletin: str, areas: Iterable[str] | None = None,
        devices: Iterable[str] = (), first: str = "2026-11-01", last: str | None = None,
        only_on: str = "all_days", on_clash: OnClash = "append", **wishes: object,
    ) -> str:  # fmt: skip
        """Make a programme of the province and give its id; what the service refuses is raised."""
        village = self._village
        places = (village.province,) if areas is None and not devices else tuple(areas or ())
        said = {
            "title": "Bản tin", "owner": village.province, "content": {"kind": "bulletin", "bulletin": bulletin},
            "targets": {"areas": places, "devices": tuple(devices)},
            "recurrence": {"days": days, "times": times, "first": first, "last": last, "only_on": only_on},
        }  # fmt: skip
        with self._office.database.write() as session:
            wish = Programme.model_validate(said | wishes)
            made = create_programme(session, wish, self._act(), self._office.new_id, on_clash)
        self._asked[made] = places, tuple(devices)
        self._targets[made] = village.targets(places, devices)
        village.ring()
        return made

    def follow(self, inside: Mapping[str, Sequence[str]]) -> None:
        """Areas are no more: what was for one of them is for those that lay in it."""
        for programme, (places, devices) in self._asked.items():
            named = tuple(one for area in places for one in inside.get(area, (area,)))
            self._asked[programme] = named, devices

    def look_again(self) -> None:
        """Speakers have moved: who hears a place from now on may hear its programmes."""
        for programme, (places, devices) in self._asked.items():
            self._targets[programme] |= self._village.targets(places, devices)

    def change(self, programme: str, on_clash: OnClash = "append", **wishes: object) -> None:
        """Change some of what it says."""
        with self._office.database.write() as session:
            said = find_programme(session, programme).said | wishes
            change_programme(session, programme, Programme.model_validate(said), self._act(), on_clash)
        self._village.ring()

    def retarget(self, programme: str, devices: Iterable[str]) -> None:
        """From now on it is for these speakers alone."""
        named = tuple(devices)
        self._targets[programme] |= frozenset(named)
        self.change(programme, targets={"devices": named})

    def end(self, programme: str) -> None:
        with self._office.database.write() as session:
            end_programme(session, programme, self._act())
        self._village.ring()

    def quiet_hours(self, begin: str, end: str) -> None:
        """The province is silent in these hours."""
        rules = AirRules.model_validate({"quiet": [{"begin": begin, "end": end}]})
        with self._office.database.write() as session:
            session.add(
                AirRule(
                    id=self._office.new_id(), area_id=self._village.province, name="Đêm",
                    rules=rules.model_dump(mode="json"), changed_at=self._village.time.now, changed_by="test",
                )
            )  # fmt: skip
            wanted(session)
        self._village.ring()

    def preview(self, span: int) -> Preview:
        """What is planned from now on for `span` us."""
        now = self._village.time.now
        with self._office.database.read() as session:
            return preview(session, now, now + span, now)

    def accepted(self) -> list[Accepted]:
        """Every airing that has been ordered, for the judge."""
        with self._office.database.read() as session:
            orders = session.exec(select(Broadcast).where(col(Broadcast.programme_id).is_not(None))).all()
            return [self._accepted(session, order) for order in orders]

    def _accepted(self, session: Session, order: Broadcast) -> Accepted:
        ordered = session.exec(select(Delivery.device_id).where(Delivery.order_id == order.id))
        return Accepted(
            order=order.id, occurrence=order.occurrence_id, kind="broadcast", accepted_at=order.created_at,
            targets=self._targets[order.programme_id or ""].intersection(ordered), start_at=order.start_at,
            max_late=order.max_late_ms * MILLI, expires_at=order.expires_at,
            parts={"body": (order.sha256, order.duration_ms)}, repeats=order.repeats,
            cancelled_at=order.stop_requested_at, cancel_reachable=frozenset(),
        )  # fmt: skip

    def _act(self) -> Act:
        return self._office.act(self._village.time.now)
