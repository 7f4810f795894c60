"""Wishes about who may do what: roles given and taken, persons disabled and let in again. Always two people."""

from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlmodel import Session

from controller.approvals.deed import Deed, Ports, Seen
from controller.people.approval_rules import Nature
from controller.people.audit import Act
from controller.people.callers import Caller
from controller.people.grants import RoleWish, decides, end_role, get_grant, give_role, keep_an_administrator, may_give
from controller.people.permissions import Action
from controller.people.persons import disable_person, get_person, own_grants, places_of


@dataclass(frozen=True)
class RoleEnd:
    grant: str


@dataclass(frozen=True)
class Standing:
    person: str
    disabled: bool


class RoleGiving(Deed[RoleWish]):
    kind = "role"
    action = Action.ROLE_GIVE
    nature = Nature.SENSITIVE
    shape = TypeAdapter(RoleWish)

    def do(self, session: Session, wish: RoleWish, act: Act, ports: Ports) -> str:
        return give_role(session, wish, act, ports.new_id)

    def look(self, session: Session, wish: RoleWish, made: str, act: Act) -> Seen:
        return Seen(wish.role, frozenset({wish.area}), subject=wish.person, until=wish.until)

    def check(self, session: Session, wish: RoleWish, caller: Caller, seen: Seen) -> None:
        may_give(caller, wish.role, wish.area)


class RoleEnding(Deed[RoleEnd]):
    """Taking away what makes somebody a second person needs one; everything else is taken at once."""

    kind = "role_end"
    action = Action.ROLE_GIVE
    nature = Nature.SENSITIVE
    shape = TypeAdapter(RoleEnd)

    def do(self, session: Session, wish: RoleEnd, act: Act, ports: Ports) -> str:
        end_role(session, wish.grant, act)
        return wish.grant

    def look(self, session: Session, wish: RoleEnd, made: str, act: Act) -> Seen:
        row = get_grant(session, wish.grant)
        return Seen(f"{row.role} ended", frozenset({row.area_id}), matters=decides(row.role), subject=row.person_id)


class PersonStanding(Deed[Standing]):
    """Disabling whoever may be a second person needs one, and so does letting in again whoever has roles."""

    kind = "person_standing"
    action = Action.PERSON_EDIT
    nature = Nature.SENSITIVE
    shape = TypeAdapter(Standing)

    def do(self, session: Session, wish: Standing, act: Act, ports: Ports) -> str:
        disable_person(session, wish.person, wish.disabled, act)
        session.flush()
        keep_an_administrator(session, own_grants(session, wish.person, act.now) if wish.disabled else [], act.now)
        return wish.person

    def look(self, session: Session, wish: Standing, made: str, act: Act) -> Seen:
        row = get_person(session, wish.person)
        roles = [one.role for one in own_grants(session, row.id, act.now)]
        matters = any(map(decides, roles)) if wish.disabled else bool(roles)
        return Seen(
            "disabled" if wish.disabled else "enabled",
            places_of(session, row, act.now),
            matters=matters,
            subject=row.id,
        )
