"""The office's programmes: made, changed, ended; who goes first where two collide. Each is one transaction."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Literal, TypeVar

from sqlalchemy import delete
from sqlmodel import Session, col, or_

from controller.errors.programmes import ProgrammeUnknown
from controller.people.answered import already_made, remember
from controller.people.audit import Act, record
from controller.people.permissions import Action
from controller.programmes.checking import Collision, examine, refuse_collisions
from controller.programmes.named import read_named
from controller.programmes.reading import Kept
from devices.areas import lineage, meeting
from devices.registry import parents
from scheduler.planner.precedence import Decision
from scheduler.programmes.models import Choice, ProgrammeRow
from scheduler.programmes.programme import Programme
from scheduler.recurrence.recurrence import Recurrence
from scheduler.timetable import wanted

Time = TypeVar("Time", bound=date)

OnClash = Literal["refuse", "append", "overwrite"]
"""What to do where it collides: say so; let the planner's order stand, one after the other; leave the others out."""


def create_programme(
    session: Session, wish: Programme, act: Act, new_id: Callable[[], str], on_clash: OnClash = "refuse"
) -> str:
    """Keep a programme and give its id; the same request again gives the same one.

    Raises AreaUnknown, DeviceUnknown, GroupUnknown, BulletinUnknown, NeverHeard, LongerThanPlans, ProgrammeClash.
    """
    if made := already_made(session, act):
        return made
    row = new_programme(wish, act, new_id())
    read_named(session, [wish]).check(wish)
    session.add(row)
    session.flush()
    _settle(session, Kept(row, wish), act, on_clash)
    remember(session, act, row.id)
    record(session, act, Action.PROGRAMME_EDIT, row.id, wish.title, area=row.owner_id, after=row.said)
    wanted(session)
    return row.id


def new_programme(wish: Programme, act: Act, name: str) -> ProgrammeRow:
    """Its row, not yet in the table."""
    return ProgrammeRow(
        id=name, title=wish.title, owner_id=wish.owner, said=wish.model_dump(mode="json"), created_at=act.now,
        created_by=act.who, changed_by_id=act.who_id, approved_by=act.approved_by, changed_at=act.now,
    )  # fmt: skip


def change_programme(session: Session, programme: str, wish: Programme, act: Act, on_clash: OnClash = "refuse") -> None:
    """From now on it is as `wish` says; what has begun goes on as it was. Raises as `create_programme`."""
    row = find_programme(session, programme)
    read_named(session, [wish]).check(wish)
    before = row.said
    row.title, row.owner_id, row.said = wish.title, wish.owner, wish.model_dump(mode="json")
    row.revision, row.changed_at = row.revision + 1, act.now
    session.add(row)
    session.flush()
    _settle(session, Kept(row, wish), act, on_clash)
    record(
        session, act, Action.PROGRAMME_EDIT, programme, f"{wish.title} ({row.revision})", area=row.owner_id,
        before=before, after=row.said,
    )  # fmt: skip
    wanted(session)


def pause_programme(session: Session, programme: str, paused: bool, act: Act) -> None:
    """It is silent until it goes on; where it collides then, the planner's order stands. Twice changes nothing."""
    wish = said_by(session, programme)
    if wish.paused != paused:
        change_programme(session, programme, wish.model_copy(update={"paused": paused}), act, "append")


def except_times(
    session: Session, programme: str, less: Sequence[date | datetime], more: Sequence[datetime], act: Act,
    on_clash: OnClash = "refuse",
) -> None:  # fmt: skip
    """Leave out days or single instants, and add instants; what is there already is not added again.

    Raises as `create_programme`.
    """
    if already_made(session, act):
        return
    wish = said_by(session, programme)
    changed = excepted(wish, less, more)
    if changed != wish:
        change_programme(session, programme, changed, act, on_clash)
    remember(session, act, programme)


def excepted(wish: Programme, less: Sequence[date | datetime], more: Sequence[datetime]) -> Programme:
    """Without these days and instants, and with those."""
    when = wish.recurrence
    fresh = {"less": _each_once(when.less, less), "more": _each_once(when.more, more)}
    return wish.model_copy(update={"recurrence": Recurrence.model_validate(when.model_dump() | fresh)})


def end_programme(session: Session, programme: str, act: Act) -> None:
    """It is not planned any more; what has begun goes on. Twice changes nothing."""
    row = session.get(ProgrammeRow, programme)
    if row is None:
        raise ProgrammeUnknown(programme=programme)
    if row.ended_at is None:
        row.ended_at = row.changed_at = act.now
        session.exec(delete(Choice).where(or_(col(Choice.first_id) == programme, col(Choice.second_id) == programme)))
        record(session, act, Action.PROGRAMME_EDIT, programme, "ended", area=row.owner_id)
        wanted(session)


def decide(session: Session, decision: Decision, act: Act) -> None:
    """Of two programmes that collide, who keeps its time; replaces what was decided of the two before."""
    first, second = (find_programme(session, name) for name in (decision.first, decision.second))
    session.exec(delete(Choice).where(col(Choice.first_id) == decision.second, col(Choice.second_id) == decision.first))
    session.merge(
        Choice(
            first_id=decision.first, second_id=decision.second, second=decision.then, decided_at=act.now,
            decided_by=act.who,
        )
    )  # fmt: skip
    detail, home = f"before {decision.second}, {decision.then}", _nearer(session, first.owner_id, second.owner_id)
    record(session, act, Action.PROGRAMME_EDIT, decision.first, detail, area=home)
    wanted(session)


def said_by(session: Session, programme: str) -> Programme:
    """What it says now. ProgrammeUnknown."""
    return Programme.model_validate(find_programme(session, programme).said)


def find_programme(session: Session, programme: str) -> ProgrammeRow:
    """One that has not ended. ProgrammeUnknown."""
    row = session.get(ProgrammeRow, programme)
    if row is None or row.ended_at is not None:
        raise ProgrammeUnknown(programme=programme)
    return row


def _nearer(session: Session, one: str, other: str) -> str | None:
    """Of two owners the one that lies in the other: there both may sound; else the area in which both lie."""
    tree = parents(session)
    if one in lineage(other, tree):
        return other
    return one if other in lineage(one, tree) else meeting([one, other], tree)


def _settle(session: Session, kept: Kept, act: Act, on_clash: OnClash) -> None:
    """Where it collides: refuse, let it be, or leave out the others."""
    collisions = examine(session, kept, act.now)
    if on_clash == "refuse":
        refuse_collisions(collisions)
    if on_clash == "overwrite":
        for decision in overruling(session, kept, act.now, collisions):
            decide(session, decision, act)


def overruling(session: Session, kept: Kept, now: int, collisions: Iterable[Collision]) -> list[Decision]:
    """Whom it leaves out so that it keeps its time: behind one that gives way, another may stand."""
    decided: dict[str, Decision] = {}
    while fresh := [other for other in _other_programmes(session, collisions) if other not in decided]:
        decided |= {other: Decision(kept.row.id, other, "leave_out") for other in fresh}
        collisions = examine(session, kept, now, decided.values())
    return list(decided.values())


def _each_once(known: Sequence[Time], added: Sequence[Time]) -> tuple[Time, ...]:
    return tuple(dict.fromkeys([*known, *added]))


def _other_programmes(session: Session, collisions: Iterable[Collision]) -> list[str]:
    """The programmes among what it collides with; single orders stay."""
    names = sorted({one.other for one in collisions})
    return [name for name in names if session.get(ProgrammeRow, name) is not None]
