"""The plan becomes orders: new airings are queued, changed ones replaced, those no longer planned withdrawn.

One transaction, safe to run again: an airing that is planned as it was stays as it is. What has begun is left alone.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from controller.broadcast.models import Broadcast, BroadcastArea
from controller.broadcast.planning import AFTER_LATEST
from controller.deliveries.models import Delivery
from controller.deliveries.states import OPEN_WORDS, DeliveryState
from controller.deliveries.tracking import new_delivery, queue, tell_again
from controller.library.carriage import need_until
from controller.programmes.reading import EPOCH, Kept, Situation
from devices.protocol.units import DAY, HOUR, MILLI
from scheduler.models import Airing, Occurrence
from scheduler.planner.entries import Slot
from scheduler.recurrence.walltime import shown
from scheduler.recurrence.zones import zone_named

AHEAD = 7 * DAY
"""So far at least the plan reaches, us: speakers go on for a week without a network."""
STEP = 12 * HOUR
"""It is carried on in steps of half a day, us: each costs every speaker a new plan."""
MOST_VERSIONS = 8

Place = tuple[str, int]
"""A programme and one of its times, as it says it."""


def horizon(now: int) -> int:
    """Up to when is planned at `now`, us UTC: at least seven days, at most seven and a half."""
    return -(-(now + AHEAD) // STEP) * STEP


@dataclass(frozen=True)
class Made:
    """What a plan has changed."""

    ordered: int = 0
    withdrawn: int = 0
    retargeted: int = 0
    """Speakers that have become targets of an airing that stays, or are none any more."""

    @property
    def any(self) -> bool:
        return bool(self.ordered or self.withdrawn or self.retargeted)


def make_orders(session: Session, state: Situation, slots: Iterable[Slot], now: int, new_id: Callable[[], str]) -> Made:
    """Make the orders what the plan says."""
    return _Change(session, state, now, new_id).make(slots)


Key = tuple[str, int, int, str]


class _Change:
    def __init__(self, session: Session, state: Situation, now: int, new_id: Callable[[], str]) -> None:
        self._session = session
        self._state = state
        self._now = now
        self._new_id = new_id
        self._known = _known_airings(session, now)
        self._orders = _orders(session, (one.order_id for one in self._known.values()))
        self._given_up = _given_up(session, now)

    def make(self, slots: Iterable[Slot]) -> Made:
        wanted = self._wanted(slots)
        with self._session.no_autoflush:  # all of it is written at once, at the end
            gone = [one for key, one in self._known.items() if self._is_over(key, one, wanted)]
            for airing in gone:
                self._withdraw(airing)
            before = self._versions(wanted.keys(), gone)
            new = {key: speakers for key, speakers in wanted.items() if not self._stands(key)}
            for key, speakers in new.items():
                self._order(key, speakers, before.get(key[:2], []))
            kept = wanted.keys() - new.keys()
            retargeted = sum(self._keep(self._known[key], wanted[key]) for key in sorted(kept))
        return Made(len(new), len(gone), retargeted)

    def _stands(self, key: Key) -> bool:
        """Whether that airing has been ordered, and goes on."""
        known = self._known.get(key)
        return known is not None and known.withdrawn_at is None

    def _wanted(self, slots: Iterable[Slot]) -> dict[Key, set[str]]:
        """Airing to its speakers."""
        wanted: dict[Key, set[str]] = defaultdict(set)
        for slot in slots:
            wanted[slot.entry, slot.nominal_at, slot.start_at, slot.sound.sha256] |= self._state.speakers(slot.hearers)
        return wanted

    def _is_over(self, key: Key, airing: Airing, wanted: Mapping[Key, set[str]]) -> bool:
        """Whether it has not begun and is planned no longer, or not as it was ordered."""
        if airing.withdrawn_at is not None or airing.start_at <= self._now:
            return False
        kept = self._state.programmes.get(airing.programme_id)
        if kept is None or kept.wish.paused:
            return True
        if airing.nominal_at in self._state.begun.get(airing.programme_id, ()):
            return False
        ended = not self._given_up.get(airing.order_id, set()).isdisjoint(wanted.get(key, ()))
        return ended or key not in wanted or not _is_as(self._orders[airing.order_id], kept)

    def _withdraw(self, airing: Airing) -> None:
        airing.withdrawn_at = self._now
        order = self._orders[airing.order_id]
        if order.stop_requested_at is None:
            order.stop_requested_at = self._now
            tell_again(self._session, order.occurrence_id)

    def _versions(self, wanted: Iterable[Key], gone: Iterable[Airing]) -> dict[Place, list[str]]:
        """For each planned time: the orders that it replaces, and those of it that stand: a speaker may come from one
        of them to another.

        A time that has moved follows the one that it stood for: those of a programme that are gone, and those that
        are new, are paired by their order within the day.
        """
        before: dict[Place, list[str]] = defaultdict(list)
        for airing in self._known.values():
            before[airing.programme_id, airing.nominal_at] += [airing.order_id, *airing.instead]
        planned = {key[:2] for key in wanted}
        left = {(one.programme_id, one.nominal_at) for one in gone} - planned
        new = planned - before.keys() - {key[:2] for key in self._known}
        for old, moved in _pairs(left, new, self._day):
            before[moved] += before[old]
        return {place: _each_once(names) for place, names in before.items()}

    def _day(self, place: Place) -> date | None:
        """Of that time, where its programme is at home."""
        kept = self._state.programmes.get(place[0])
        return (
            shown(EPOCH + timedelta(microseconds=place[1]), zone_named(kept.wish.recurrence.zone)).date()
            if kept
            else None
        )

    def _keep(self, airing: Airing, speakers: set[str]) -> int:
        """Who is a target now, and was not, hears of it; who is none any more is not in its plan. How many they are."""
        order = self._orders[airing.order_id]
        of_order = Delivery.occurrence_id == order.occurrence_id
        named = select(Delivery.device_id).where(of_order)
        targets = set(self._session.exec(named.where(col(Delivery.withdrawn_at).is_(None))))
        if targets == speakers:
            return 0
        rows = self._session.exec(select(Delivery).where(of_order, col(Delivery.state).in_(OPEN_WORDS))).all()
        for row in rows:
            row.withdrawn_at = None if row.device_id in speakers else row.withdrawn_at or self._now
        known = set(self._session.exec(named))
        self._queue(order, speakers - known)
        return len(targets ^ speakers)

    def _order(self, key: Key, speakers: set[str], instead: list[str]) -> None:
        programme, nominal_at, start_at, sha256 = key
        kept = self._state.programmes[programme]
        order = self._broadcast(kept, start_at, sha256)
        airing = self._known.get(key) or Airing(
            programme_id=programme, nominal_at=nominal_at, start_at=start_at, sha256=sha256, order_id=""
        )
        airing.order_id, airing.instead, airing.withdrawn_at = order.id, instead[:MOST_VERSIONS], None
        self._session.add_all(
            [order, airing, _occurrence(order, self._now)]
            + [BroadcastArea(broadcast_id=order.id, area_id=area) for area in sorted(set(kept.wish.targets.areas))]
        )
        self._queue(order, speakers)
        need_until(self._session, sha256, order.expires_at)

    def _broadcast(self, kept: Kept, start_at: int, sha256: str) -> Broadcast:
        wish, version = kept.wish, self._state.versions[sha256]
        blob = self._state.blob(sha256)
        total = (blob.duration_ms * wish.repeats + wish.gap_ms * (wish.repeats - 1)) * MILLI
        name = self._new_id()
        return Broadcast(
            id=name, occurrence_id=name, bulletin_id=version.bulletin, sha256=sha256, duration_ms=blob.duration_ms,
            rank=wish.rank, volume=kept.volume, repeats=wish.repeats, gap_ms=wish.gap_ms, start_at=start_at,
            ends_at=start_at + total, max_late_ms=wish.max_late_ms,
            expires_at=start_at + wish.max_late_ms * MILLI + total + AFTER_LATEST, created_at=self._now,
            created_by=kept.row.created_by, approved_by=kept.row.approved_by, programme_id=kept.row.id,
        )  # fmt: skip

    def _queue(self, order: Broadcast, speakers: Iterable[str]) -> None:
        expected = order.duration_ms * order.repeats
        model = new_delivery(order.id, order.occurrence_id, "broadcast", self._now, order.expires_at, expected)
        queue(self._session, model, speakers)


def _known_airings(session: Session, now: int) -> dict[Key, Airing]:
    """Those of today and later, withdrawn ones too: a speaker without network may still hold them."""
    rows = session.exec(select(Airing).where(Airing.start_at > now - DAY))
    return {(one.programme_id, one.nominal_at, one.start_at, one.sha256): one for one in rows}


def _given_up(session: Session, now: int) -> dict[str, set[str]]:
    """Orders to come that nobody has stopped, with the speakers that have cancelled them all the same: a plan did not
    name them. Who is to say it after all needs a new name for it."""
    rows = (
        select(Delivery.order_id, Delivery.device_id)
        .join(Airing, col(Airing.order_id) == col(Delivery.order_id))
        .join(Broadcast, col(Broadcast.id) == col(Delivery.order_id))
        .where(Airing.start_at > now, col(Airing.withdrawn_at).is_(None), col(Broadcast.stop_requested_at).is_(None))
        .where(Delivery.state == DeliveryState.CANCELLED.value)
    )
    found: dict[str, set[str]] = defaultdict(set)
    for order, device in session.exec(rows):
        found[order].add(device)
    return found


def _orders(session: Session, names: Iterable[str]) -> dict[str, Broadcast]:
    return {row.id: row for row in session.exec(select(Broadcast).where(col(Broadcast.id).in_(list(names))))}


def _occurrence(order: Broadcast, now: int) -> Occurrence:
    return Occurrence(
        id=order.occurrence_id, order_id=order.id, start_at=order.start_at, publish_at=now,
        expires_at=order.expires_at, claimed_at=now,
    )  # fmt: skip


def _is_as(order: Broadcast, kept: Kept) -> bool:
    """Whether an order says what the programme says now; time and sound are its name already."""
    wish = kept.wish
    said = (order.rank, order.volume, order.repeats, order.gap_ms, order.max_late_ms)
    return said == (wish.rank, kept.volume, wish.repeats, wish.gap_ms, wish.max_late_ms)


def _pairs(
    left: Iterable[Place], new: Iterable[Place], day_of: Callable[[Place], date | None]
) -> Iterator[tuple[Place, Place]]:
    """The first of a programme's day that is gone with the first that is new, and so on."""
    days: dict[tuple[str, date | None], tuple[list[Place], list[Place]]] = defaultdict(lambda: ([], []))
    for side, places in enumerate((sorted(left), sorted(new))):
        for place in places:
            days[place[0], day_of(place)][side].append(place)
    for gone, come in days.values():
        yield from zip(gone, come, strict=False)


def _each_once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
