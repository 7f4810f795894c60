"""What will be heard and what will not, by the planner's own answer: for the calendar, and before anything is saved."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, or_, select

from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery
from controller.programmes.reading import FIXED, Kept, Situation, situation
from devices.protocol.messages.orders import Rank
from devices.protocol.units import DAY
from scheduler.models import Airing
from scheduler.planner.entries import Outcome, Reason
from scheduler.planner.planning import plan
from scheduler.programmes.models import ProgrammeRow


@dataclass(frozen=True)
class Slot:
    """A programme at some speakers; instants us UTC."""

    programme: str
    title: str
    owner: str
    nominal_at: int
    start_at: int
    ends_at: int
    rank: Rank
    sha256: str
    devices: frozenset[str]
    turn_at: int | None = None
    """When its turn comes, after that of its neighbours; None: it has begun."""
    after: str = ""
    """What it waits for, where it does not begin when its turn comes: a programme or a single order."""
    after_title: str = ""


@dataclass(frozen=True)
class Silent:
    """A time of a programme at which some speakers, or all, stay silent."""

    programme: str
    title: str
    nominal_at: int
    reason: Reason
    by: str
    devices: frozenset[str]
    by_title: str = ""


@dataclass(frozen=True)
class Preview:
    slots: tuple[Slot, ...]
    silent: tuple[Silent, ...]


def preview(session: Session, begin: int, end: int, now: int) -> Preview:
    """From `begin` to `end`, us UTC: what has begun as it was ordered, what is to come as it is planned at `now`."""
    if end <= now:
        return Preview(tuple(_begun(session, begin, end, end)), ())
    state = situation(session, max(now, begin - DAY), end, now)
    past, coming = _begun(session, begin, end, now + FIXED, state.fixed), foresee(state, begin, end)
    slots = sorted((*past, *coming.slots), key=lambda slot: (slot.start_at, slot.programme, slot.nominal_at))
    return Preview(tuple(slots), coming.silent)


def foresee(state: Situation, begin: int, end: int) -> Preview:
    """The planner's answer in people's words, for what starts from `begin` to `end`."""
    outcome = plan(state.entries, state.taken, state.airs, state.decisions)
    return Preview(tuple(_slots(state, outcome, begin, end)), tuple(_silent(state, outcome, begin, end)))


def _slots(state: Situation, outcome: Outcome, begin: int, end: int) -> Iterator[Slot]:
    for one in outcome.slots:
        if begin <= one.start_at < end:
            kept = state.programmes[one.entry]
            yield Slot(
                one.entry, kept.wish.title, kept.wish.owner, one.nominal_at, one.start_at, one.ends_at, kept.wish.rank,
                one.sound.sha256, state.speakers(one.hearers), one.turn_at,
                one.after, title_of(state.programmes, one.after),
            )  # fmt: skip


def _silent(state: Situation, outcome: Outcome, begin: int, end: int) -> Iterator[Silent]:
    for one in outcome.silences:
        if begin <= one.nominal_at < end:
            title, by = state.programmes[one.entry].wish.title, title_of(state.programmes, one.by)
            yield Silent(one.entry, title, one.nominal_at, one.reason, one.by, state.speakers(one.hearers), by)


def _begun(session: Session, begin: int, end: int, now: int, fixed: Iterable[str] = ()) -> Iterator[Slot]:
    """What has begun before `now`, and what is `fixed`: the rest of times that have begun."""
    rows = (
        select(Airing, Broadcast, ProgrammeRow)
        .join(Broadcast, col(Broadcast.id) == col(Airing.order_id))
        .join(ProgrammeRow, col(ProgrammeRow.id) == col(Airing.programme_id))
        .where(Airing.start_at >= begin, Airing.start_at < end, col(Airing.withdrawn_at).is_(None))
        .where(or_(Airing.start_at < now, col(Airing.order_id).in_(fixed)))
    )
    found = session.exec(rows).all()
    heard = _targets(session, [order.id for _, order, _ in found])
    for airing, order, row in found:
        yield Slot(
            row.id, row.title, row.owner_id, airing.nominal_at, order.start_at, order.ends_at, order.rank, order.sha256,  # type: ignore[arg-type]
            frozenset(heard.get(order.id, ())),
        )  # fmt: skip


def _targets(session: Session, orders: Iterable[str]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    rows = select(Delivery.order_id, Delivery.device_id).where(
        col(Delivery.order_id).in_(list(orders)), col(Delivery.withdrawn_at).is_(None)
    )
    for order, device in session.exec(rows):
        found.setdefault(order, set()).add(device)
    return found


def title_of(programmes: Mapping[str, Kept], name: str) -> str:
    """A programme's title; of a single order its id."""
    return programmes[name].wish.title if name in programmes else name
