"""An order comes in: it is carried out, or it waits for a second person and nothing of it is done."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session, col, func, select

from controller.approvals.circle import circle, family, others_who_could_decide, themselves
from controller.approvals.deed import AnyDeed, Ports, Seen
from controller.approvals.everyone import beside, homes, is_everyone
from controller.errors.approvals import CodeNeeded, PersonNeeded
from controller.people.answered import already_made, remember
from controller.people.approval_models import ApprovalRequest
from controller.people.approval_rules import BY_PROGRAM, By, Facts, Nature, Policy, Reason, second_person
from controller.people.audit import Act, record
from controller.people.callers import Caller
from controller.people.entrance.sessions import is_fresh
from controller.people.permissions import Action
from controller.people.policies import policy_at, read_policies
from controller.people.rights import Place
from devices.models import Device
from devices.protocol.units import HOUR

NOBODY_ELSE = "no second person there is"
"""In the audit line of what one person did alone, because nobody else could have approved it."""


@dataclass(frozen=True)
class Ordered:
    """Id of what was made; or, where it `waits`, of the request for a second person."""

    id: str
    waits: bool


@dataclass(frozen=True)
class Judged:
    """Why a second person is needed (None: none is)."""

    reason: Reason | None = None
    everyone: bool = False
    hours: int = Policy.hours


def order(session: Session, deed: AnyDeed, wish: Any, who: Caller, act: Act, ports: Ports) -> Ordered:
    """Carry it out, or keep it until it is approved. The same request again is answered with the same thing.

    Raises what refuses the wish itself, NotAllowed, PersonNeeded for a program, and CodeNeeded.
    """
    if made := already_made(session, act):
        return Ordered(made, session.get(ApprovalRequest, made) is not None)
    with session.begin_nested() as tried:
        made = deed.do(session, wish, replace(act, key=None), ports)
        seen, judged = weigh(session, deed, wish, made, who, act, ports)
        if judged.reason is not None:
            tried.rollback()
    waits = judged.reason is not None and not is_alone(session, deed, seen, who, act.now, ports)
    if waits:
        made = ask(session, deed, wish, seen, judged, act, ports)
    elif judged.reason is not None:
        made = deed.do(session, wish, replace(act, key=None), ports)
        record_alone(session, seen, made, act)
    remember(session, act, made)
    return Ordered(made, waits)


def weigh(
    session: Session, deed: AnyDeed, wish: Any, made: str, who: Caller, act: Act, ports: Ports
) -> tuple[Seen, Judged]:
    """What came of a wish, and whether it may stay. NotAllowed."""
    seen = deed.look(session, wish, made, act)
    deed.check(session, wish, who, seen)
    return seen, _judged(session, deed, seen, who, act, ports)


def _judged(session: Session, deed: AnyDeed, seen: Seen, who: Caller, act: Act, ports: Ports) -> Judged:
    """Does what was seen need a second person?"""
    if not seen.matters:
        return Judged()
    policies = read_policies(session)
    person = who.kind == "person"
    if not person and deed.nature is not Nature.SENSITIVE and not _names_programs(policies.values()):
        return Judged()
    near = circle(session, who.id, act.now)
    policy = policy_at(policies, seen.places | homes(session, seen.speakers), ports.tree)
    facts = _facts(session, deed, seen, near if person else frozenset(), act.now)
    by = By(person, who.rights.may_at_all(Action.UNAPPROVED, seen.places))
    return Judged(second_person(policy, facts, by), facts.everyone, policy.hours)


def needed_to_decide(action: Action, nature: Nature) -> list[Action]:
    """Whoever approves a sensitive change could make it too."""
    return [Action.APPROVE, action] if nature is Nature.SENSITIVE else [Action.APPROVE]


def is_alone(session: Session, deed: AnyDeed, seen: Seen, who: Caller, now: int, ports: Ports) -> bool:
    """Nobody but them could decide it, and they could. To be asked before it is done: it may remove the others.

    PersonNeeded where a program asks for what only people change; CodeNeeded where their code has to stand in for
    the second person of a sensitive change.
    """
    needed = needed_to_decide(deed.action, deed.nature)
    near = themselves(session, who.id)
    could = all(who.rights.may_at_all(action, seen.places) for action in needed)
    if could and not others_who_could_decide(session, needed, seen.places, near, now, ports.tree):
        if deed.nature is Nature.SENSITIVE and who.kind == "person" and not is_fresh(who.proved_at, now):
            raise CodeNeeded()
        return True
    if deed.nature is Nature.SENSITIVE and who.kind != "person":
        raise PersonNeeded()
    return False


def record_alone(session: Session, seen: Seen, made: str, act: Act) -> None:
    record(session, act, Action.APPROVE, made, NOBODY_ELSE, area=_area(seen))


def ask(session: Session, deed: AnyDeed, wish: Any, seen: Seen, judged: Judged, act: Act, ports: Ports) -> str:
    """Keep the whole wish until somebody else has decided; id of the request."""
    assert judged.reason is not None  # noqa: S101 whoever needs nobody does not ask
    row = ApprovalRequest(
        id=ports.new_id(), kind=deed.kind, action=deed.action.value, nature=deed.nature.value,
        reason=judged.reason.value, subject=seen.subject, said=seen.said,
        wish=deed.shape.dump_python(wish, mode="json"), pins=dict(seen.pins), fingerprint="",
        places=sorted(seen.places, key=str), speakers=len(seen.speakers), everyone=judged.everyone,
        bulletin_id=seen.bulletin, start_at=seen.start_at, created_at=act.now, created_by=act.who,
        created_by_id=act.who_id, origin=act.origin, circle=sorted(circle(session, act.who_id, act.now)),
        expires_at=min(
            one for one in (act.now + judged.hours * HOUR, seen.start_at, seen.until) if one is not None
        ),
    )  # fmt: skip
    row.fingerprint = fingerprint_of(row)
    session.add(row)
    session.flush()
    record(session, act, deed.action, row.id, f"{deed.kind}: waits for a second person", area=_area(seen))
    return row.id


def fingerprint_of(row: ApprovalRequest) -> str:
    """SHA-256 of what would be carried out."""
    said = json.dumps([row.kind, row.wish, row.pins], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8")).hexdigest()


def _facts(session: Session, deed: AnyDeed, seen: Seen, near: frozenset[str], now: int) -> Facts:
    if deed.nature is Nature.SENSITIVE:
        return Facts(deed.nature, everyone=None in seen.places)
    added = beside(session, family(session, near), now if seen.start_at is None else seen.start_at)
    speakers = seen.speakers | added
    return Facts(
        deed.nature, is_everyone(session, seen.areas, speakers), len(speakers), _in_service(session), seen.rank,
        seen.sources,
    )  # fmt: skip


def _in_service(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Device).where(col(Device.retired_at).is_(None))).one()


def _names_programs(policies: Iterable[Policy]) -> bool:
    return any(BY_PROGRAM in one.sources for one in policies)


def _area(seen: Seen) -> Place:
    """Where the line of the record belongs: the one place that it is about, or the installation."""
    return next(iter(seen.places)) if len(seen.places) == 1 else None
