"""A province with two communes, each with a hamlet and speakers in both, whose areas are changed as the web does it."""

from typing import Any

from sqlmodel import select

from controller.areas.changing import carry_out, foresee
from controller.areas.effects import Effects, Prospect
from controller.areas.wishes import WISHES
from controller.people.models import ApiKey, AuditLine, Person, RoleGrant
from controller.programmes.keeping import create_programme
from devices.models import Area, Device, Membership, Stay
from firmware_sim.village.office import Office
from firmware_sim.village.virtual_time import START
from scheduler.programmes.programme import Programme

SECOND = 1_000_000


class Units:
    def __init__(self, office: Office) -> None:
        self.office, self.now = office, START
        self.province = office.area("Tỉnh Tiền Giang")
        self.first, self.second = (office.area(name, self.province) for name in ("Xã Tân Đông", "Xã Bình Ân"))
        self.hamlets = [office.area("Ấp 1", self.first), office.area("Ấp 2", self.second)]
        self.inside = [office.register(area, ["Loa 1", "Loa 2"]) for area in self.hamlets]
        self.direct = [office.register(area, ["Loa chợ", "Loa chùa"]) for area in (self.first, self.second)]
        self.bulletin = office.bulletin(2.0)

    def speakers(self, number: int) -> set[str]:
        """Of one of the communes, as it was."""
        return {*self.inside[number], *self.direct[number]}

    def seen(self, **said: Any) -> Prospect:
        wish = WISHES.validate_python(said)
        with self.office.database.write() as session:
            found = foresee(session, wish, self.office.act(self.now), self.office.new_id)
        return found.prospect()

    def do(self, **said: Any) -> Effects:
        """As it was seen."""
        fingerprint = self.seen(**said).fingerprint
        self.now += SECOND
        with self.office.database.write() as session:
            wish, act = WISHES.validate_python(said), self.office.act(self.now)
            return carry_out(session, wish, fingerprint, act, self.office.new_id)

    def merge(self, **more: Any) -> str:
        """The two become one; its id."""
        seen = self.do(kind="merge", areas=[self.first, self.second], name="Xã Gò Công", **more)
        return next(area.area for area in seen.areas if area.name_before is None)

    def programme(self, *areas: str, owner: str | None = None, title: str = "Bản tin", **more: Any) -> str:
        said = {
            "title": title, "owner": owner or areas[0], "content": {"kind": "bulletin", "bulletin": self.bulletin},
            "targets": {"areas": areas},
            "recurrence": {"days": {"kind": "daily"}, "times": ["05:00"], "first": "2026-01-01"},
        } | more  # fmt: skip
        with self.office.database.write() as session:
            wish = Programme.model_validate(said)
            return create_programme(session, wish, self.office.act(self.now), self.office.new_id, "append")

    def person(self, name: str, role: str, area: str | None) -> str:
        """Id of what was given."""
        grant = self.office.new_id()
        with self.office.database.write() as session:
            session.add(Person(id=name, login=name, name=name, created_at=START, created_by="", changed_at=START))
            session.flush()
            session.add(RoleGrant(id=grant, person_id=name, role=role, area_id=area, since=START, given_by=""))
        return grant

    def key(self, name: str, *areas: str) -> None:
        with self.office.database.write() as session:
            session.add(ApiKey(id=name, name=name, digest=name, role="operator", areas=list(areas), created_at=START))

    def rows(self, table: Any) -> list[Any]:
        with self.office.database.read() as session:
            return list(session.exec(select(table)).all())

    def areas(self) -> dict[str, Area]:
        return {row.id: row for row in self.rows(Area)}

    def devices(self) -> dict[str, Device]:
        return {row.id: row for row in self.rows(Device)}

    def numbers(self) -> dict[str, dict[str, int]]:
        """Speaker to its areas and numbers."""
        found: dict[str, dict[str, int]] = {}
        for row in self.rows(Membership):
            found.setdefault(row.device_id, {})[row.area_id] = row.number
        return found

    def given(self) -> set[tuple[str, int]]:
        """Every number that an area has ever given."""
        return {(row.area_id, row.number) for row in self.rows(Stay)}

    def lines(self, action: str = "area.change") -> list[AuditLine]:
        return [row for row in self.rows(AuditLine) if row.action == action]
