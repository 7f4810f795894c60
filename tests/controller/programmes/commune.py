"""A commune with three speakers whose week is planned on a bench: the almanac and the controller work when asked."""

from collections.abc import Iterable
from typing import Any

from sqlmodel import col, select

from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery
from controller.library.models import Bulletin
from controller.programmes.almanac import Almanac
from controller.programmes.keeping import OnClash, change_programme, create_programme
from devices.models import DevicePlan
from devices.protocol.messages.plans import Plan
from devices.protocol.messages.speaker import PlanAck
from devices.protocol.units import DAY, HOUR
from firmware_sim.village.office import Office
from firmware_sim.village.virtual_time import START
from scheduler.air.models import AirRule
from scheduler.models import Airing
from scheduler.programmes.programme import Programme
from scheduler.timetable import wanted
from tests.fakes.bench import Bench

MIDNIGHT = START // DAY * DAY + 17 * HOUR
"""The first one in Vietnam after START: what is at 05:00 there begins five hours later."""


def five(day: int = 0) -> int:
    """05:00 in Vietnam of the days after START."""
    return MIDNIGHT + 5 * HOUR + day * DAY


class Commune:
    """`now` is the bench's."""

    def __init__(self, office: Office, speakers: int = 3) -> None:
        self.office = office
        self.province = office.area("Tỉnh Tiền Giang")
        self.area = office.area("Xã Tân Đông", self.province)
        self.speakers = office.register(self.area, [f"loa {number}" for number in range(speakers)])
        self.bulletin = office.bulletin(2.0)
        self.bench = Bench(office)
        self.almanac = Almanac(self.bench.controller.leadership, self.bench.controller.plans, office.new_id)

    def wish(self, **changes: Any) -> Programme:
        """Every day at 05:00; what is named of the recurrence goes there."""
        recurrence: dict[str, Any] = {"days": {"kind": "daily"}, "times": ["05:00"], "first": "2026-01-01"}
        recurrence |= {
            name: changes.pop(name) for name in ("days", "times", "first", "last", "less") if name in changes
        }
        said = {
            "title": "Bản tin sáng", "owner": self.area, "content": {"kind": "bulletin", "bulletin": self.bulletin},
            "targets": {"areas": [self.area]}, "recurrence": recurrence,
        } | changes  # fmt: skip
        return Programme.model_validate(said)

    def keep(self, on_clash: OnClash = "refuse", key: str | None = None, **changes: Any) -> str:
        with self.office.database.write() as session:
            act = self.office.act(self.bench.now, key)
            return create_programme(session, self.wish(**changes), act, self.office.new_id, on_clash)

    def change(self, programme: str, on_clash: OnClash = "refuse", **changes: Any) -> None:
        with self.office.database.write() as session:
            change_programme(session, programme, self.wish(**changes), self.office.act(self.bench.now), on_clash)

    def quiet(self, begin: str, end: str, area: str | None = None) -> None:
        rules: dict[str, object] = {"quiet": [{"begin": begin, "end": end}]}
        with self.office.database.write() as session:
            session.add(
                AirRule(
                    id=self.office.new_id(), name="Đêm", rules=rules, area_id=area or self.area, changed_at=START,
                    changed_by="test",
                )
            )  # fmt: skip
            wanted(session)

    def plan(self, steps: int = 3) -> None:
        """The timetable is made if it is due, and what the controller has to do is done."""
        self.almanac.do_once(self.bench.now)
        for _ in range(steps):
            self.bench.step()

    def plan_anew(self) -> None:
        with self.office.database.write() as session:
            wanted(session)
        self.plan()

    def airings(self, *, withdrawn: bool = False) -> list[Airing]:
        """Those in force, or those withdrawn, by time."""
        with self.office.database.read() as session:
            rows = session.exec(select(Airing).order_by(col(Airing.start_at), col(Airing.sha256))).all()
        return [row for row in rows if (row.withdrawn_at is not None) is withdrawn]

    def starts(self) -> list[int]:
        return [one.start_at for one in self.airings()]

    def order(self, airing: Airing) -> Broadcast:
        with self.office.database.read() as session:
            return session.get_one(Broadcast, airing.order_id)

    def targets(self, airing: Airing) -> set[str]:
        """The speakers that are to say it."""
        with self.office.database.read() as session:
            rows = select(Delivery.device_id).where(
                Delivery.order_id == airing.order_id, col(Delivery.withdrawn_at).is_(None)
            )
            return set(session.exec(rows))

    def said(self) -> dict[str, Plan]:
        """The plans that left since the last call, by speaker."""
        return {topic.split("/")[-3]: plan for topic, plan in self.bench.said(Plan)}  # type: ignore[misc]

    def confirm(self, devices: Iterable[str] | None = None, missing: tuple[str, ...] = ()) -> None:
        """Speakers say that they hold the plan in force."""
        for device in devices or self.speakers:
            with self.office.database.read() as session:
                seq = session.get_one(DevicePlan, device).seq
            said = PlanAck(
                tenant=self.office.keyring.tenant, to="controller", issued_at=self.bench.now, seq=seq, missing=missing,
                free=1_000_000, clock_error=0,
            )  # fmt: skip
            self.bench.hear(device, "ack", said)

    def set_bulletin(self, bulletin: str, **fields: Any) -> str:
        with self.office.database.write() as session:
            row = session.get_one(Bulletin, bulletin)
            for name, value in fields.items():
                setattr(row, name, value)
            wanted(session)
        return bulletin
