"""A province with two communes and its people, who ask and decide without the web."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlmodel import select

from controller.alerts.raising import TONE, AlertRequest
from controller.approvals import deciding
from controller.approvals.asking import Ordered, order
from controller.approvals.catalogue import ALERT, BROADCAST
from controller.approvals.deed import AnyDeed, Ports
from controller.broadcast.models import Broadcast
from controller.broadcast.ordering import BroadcastRequest
from controller.people.api_keys import HOLDER as KEY
from controller.people.api_keys import holder_of
from controller.people.approval_models import ApprovalRequest
from controller.people.audit import Act
from controller.people.callers import Caller
from controller.people.delegations import Lending, lend
from controller.people.models import ApiKey, AuditLine, Person, RoleGrant
from controller.people.newcomers import PERSON
from controller.people.persons import person_caller
from devices.areas import Parents
from devices.protocol.units import SECOND
from devices.registry import parents
from firmware_sim.village.office import Office


class Staff:
    """`now` is the office's clock, us UTC."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder / "office")
        self.now = self.office.begin
        self.proved_at: int | None = None
        """When a code was last given; None: just now."""
        self.province = self.office.area("Tỉnh Tiền Giang")
        self.communes = [self.office.area(name, self.province) for name in ("Xã Tân Đông", "Xã Tân Tây")]
        self.speakers = [self.office.speaker(commune) for commune in self.communes for _ in range(2)]
        self.bulletin = self.office.bulletin()
        self.office.blob(1.0, 800.0, TONE)
        self.ports = Ports(self.office.new_id, self.tree)

    def tree(self) -> Parents:
        with self.office.database.read() as session:
            return parents(session)

    def person(self, login: str, role: str | None = None, area: str | None = None, *, ready: bool = True) -> str:
        """Somebody with a role; `ready`: who has set a password."""
        made = self.office.new_id()
        with self.office.database.write() as session:
            session.add(
                Person(
                    id=made, login=login, name=login.title(), created_at=self.now, created_by="", changed_at=self.now,
                    password="x" if ready else None,
                )
            )  # fmt: skip
        if role:
            self.grant(made, role, area)
        return made

    def grant(self, person: str, role: str, area: str | None = None) -> str:
        made = self.office.new_id()
        with self.office.database.write() as session:
            session.add(RoleGrant(id=made, person_id=person, role=role, area_id=area, since=self.now, given_by=""))
        return made

    def key(self, role: str, made_by: str = "", **limits: Any) -> str:
        made = self.office.new_id()
        with self.office.database.write() as session:
            session.add(
                ApiKey(
                    id=made, name=role, digest=made, role=role, created_at=self.now, created_by=made_by, **limits
                )
            )  # fmt: skip
        return KEY + made

    def caller(self, who: str) -> Caller:
        """As a new session in which a code was given, or a request with the key, would have them."""
        with self.office.database.read() as session:
            if who.startswith(KEY):
                found = holder_of(session.get_one(ApiKey, who.removeprefix(KEY)), self.now, self.tree)
                assert found is not None
                return found
            found = person_caller(session, session.get_one(Person, who), self.now, self.tree)
            return replace(found, proved_at=self.proved_at if self.proved_at is not None else self.now)

    def act(self, who: Caller, key: str | None = None) -> Act:
        self.now += SECOND
        return Act(who.name, "127.0.0.1", self.now, key, "same", who.id)

    def ask(self, who: str, deed: AnyDeed, wish: object, key: str | None = None) -> Ordered:
        caller = self.caller(who)
        with self.office.database.write() as session:
            return order(session, deed, wish, caller, self.act(caller, key), self.ports)

    def air(self, who: str, *areas: str, **wish: Any) -> Ordered:
        return self.ask(who, BROADCAST, BroadcastRequest(self.bulletin, areas, **wish))

    def warn(self, who: str, *areas: str) -> Ordered:
        wish = AlertRequest("Lũ", "Lũ", areas, self.now + 600 * SECOND)
        return self.ask(who, ALERT, wish)

    def approve(self, who: str, request: str, words: str = "") -> ApprovalRequest:
        caller = self.caller(who)
        with self.office.database.write() as session:
            return deciding.approve(session, request, caller, words, self.act(caller), self.ports)

    def decide(self, how: Callable[..., ApprovalRequest], who: str, request: str) -> ApprovalRequest:
        caller = self.caller(who)
        with self.office.database.write() as session:
            return how(session, request, caller, "", self.act(caller))

    def lend(self, who: str, to: str, role: str, area: str | None = None, days: int = 10) -> str:
        caller = self.caller(who)
        with self.office.database.write() as session:
            wish = Lending(to, role, area, self.now + days * 86_400 * SECOND)
            return lend(session, wish, self.act(caller), self.office.new_id, self.tree)

    def broadcasts(self) -> list[Broadcast]:
        with self.office.database.read() as session:
            return list(session.exec(select(Broadcast).order_by("created_at")))

    def change(self, kind: type[Any], row_id: str, **values: Any) -> None:
        with self.office.database.write() as session:
            row = session.get_one(kind, row_id)
            for field, value in values.items():
                setattr(row, field, value)

    def record(self) -> list[AuditLine]:
        with self.office.database.read() as session:
            return list(session.exec(select(AuditLine).order_by("id")))


def person_id(who: str) -> str:
    return PERSON + who
