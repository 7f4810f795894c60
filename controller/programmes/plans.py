"""Every speaker's plan: made from its orders and rules, given a number that only grows, published until it is held."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, insert, literal, update
from sqlalchemy import select as lines_of
from sqlmodel import Session, col, select

from controller.broadcast.erasing import gone_at
from controller.broadcast.models import Broadcast
from controller.db import Transactions
from controller.deliveries.models import Delivery, DeliveryEvent
from controller.deliveries.states import DeliveryEventKind, DeliveryState
from controller.deliveries.tracking import patience
from controller.herald import Herald
from controller.library.carriage import Carrier
from controller.library.models import Blob
from controller.programmes.plan_message import Content, Planned, content
from controller.programmes.plan_words import plan_rows
from controller.programmes.timetable import STEP, horizon
from controller.sequences import credible
from devices.models import Device, DevicePlan
from devices.protocol.messages.plans import Plan
from scheduler.air.timeline import FREE, Air
from scheduler.models import Airing

LOT = 25
"""Plans made in one transaction: emergencies wait for no more than these."""

_HEARS = (col(Device.online), col(DevicePlan.held_seq) != col(DevicePlan.seq), col(Device.retired_at).is_(None))
_SILENT = (
    select(DevicePlan.device_id, DevicePlan.published_at, DevicePlan.attempts)
    .join(Device, col(Device.id) == col(DevicePlan.device_id))
    .where(*_HEARS)
    .order_by(col(DevicePlan.published_at), col(DevicePlan.device_id))
)
"""Who is there and does not hold the plan in force."""
_TELLING = (
    select(func.min(DevicePlan.published_at), DevicePlan.attempts)
    .join(Device, col(Device.id) == col(DevicePlan.device_id))
    .where(*_HEARS, col(DevicePlan.published_at).is_not(None))
    .group_by(col(DevicePlan.attempts))
)


@dataclass(frozen=True)
class Edition:
    """A timetable that has just been made, us UTC, the rules of the air at each speaker in service, and which sounds
    are to be in no flash any more."""

    made_at: int
    airs: Mapping[str, Air]
    gone: tuple[str, ...] = ()

    @property
    def valid_from(self) -> int:
        """Plans change with what is ordered and with each half-day, not with every minute."""
        return self.made_at // STEP * STEP

    @property
    def basis(self) -> tuple[object, ...]:
        """What plans follow from, besides orders."""
        return self.airs, self.gone, self.valid_from


@dataclass
class Plans:
    """`tell` hands over a new edition, from any thread; `do_once` publishes what the link takes, lot by lot."""

    database: Transactions
    herald: Herald
    carrier: Carrier
    editions: deque[Edition] = field(default_factory=deque)
    """Handed over and not yet taken up."""
    edition: Edition | None = None
    waiting: deque[list[str]] = field(default_factory=deque)
    """Speakers whose plan is to be looked at."""
    anew: bool = False
    """The broker may be empty: what has not changed is published, too."""

    def tell(self, edition: Edition) -> None:
        self.editions.append(edition)

    def begin(self) -> None:
        """A new connection: every plan is to be published again."""
        self.anew = True
        self._line_up()

    def do_once(self, now: int) -> None:
        """One lot that waits, and those who have not said that they hold theirs."""
        while self.editions:
            self.edition = self.editions.popleft()
            self._line_up()
        if self.edition is None or not self.herald.up:
            return
        if self.waiting:
            if self._bring(self.edition, self.waiting[0], now, every=self.anew):
                self.waiting.popleft()
            self.anew = self.anew and bool(self.waiting)
        with self.database.read() as session:
            silent = _unconfirmed(session, now)
        if silent:
            self._bring(self.edition, silent[:LOT], now, every=True)

    @property
    def busy(self) -> bool:
        """Whether plans wait for their turn, and somebody hears them."""
        return self.herald.up and bool(self.editions or (self.edition and self.waiting))

    def next_wakeup(self, session: Session, now: int) -> int | None:
        """When a plan is to be told again."""
        if self.edition is None:
            return None
        told = session.exec(_TELLING)
        return min((at + patience(attempts) for at, attempts in told if at is not None), default=None)

    def _line_up(self) -> None:
        names = sorted(self.edition.airs) if self.edition else []
        self.waiting = deque(names[begin : begin + LOT] for begin in range(0, len(names), LOT))

    def _bring(self, edition: Edition, devices: Sequence[str], now: int, *, every: bool) -> bool:
        """Publish the plans of these speakers: those that have changed, or every one; False: the link is down."""
        with self.database.write() as session:
            plans = _written(session, self.herald.tenant, edition, devices, now, every)
            blobs = _blobs(session, plans.values())
        sent = all(self.carrier.carry(blob) for blob in blobs) and all(
            self.herald.plan(device, plan) for device, plan in plans.items()
        )
        if not sent:
            return False
        if plans:
            with self.database.write() as session:
                _mark_published(session, plans, now)
        return True


def _written(
    session: Session, tenant: str, edition: Edition, devices: Sequence[str], now: int, every: bool
) -> dict[str, Plan]:
    """What each is to be told, with its number in the table before anything leaves."""
    rows, planned = plan_rows(session, devices), _planned(session, devices, edition.valid_from)
    erasing = gone_at(session, devices, edition.gone)
    stages = dict(session.exec(select(Device.id, Device.sim_daily_bytes).where(col(Device.id).in_(devices))).all())
    contents: dict[tuple[object, ...], Content] = {}
    plans = {}
    for device in devices:
        known, orders, air = rows.get(device), tuple(planned[device]), edition.airs.get(device, FREE)
        gone = erasing.get(device, ())
        if not (orders or gone or (known and (known.seq or known.held_seq)) or not air.is_free):
            continue
        row = known or DevicePlan(device_id=device)
        key = (orders, air, stages[device], gone)
        if key not in contents:
            contents[key] = content(orders, air, edition.valid_from, horizon(edition.made_at), stages[device], gone)
        if _number(row, contents[key], now) or every:
            session.add(row)
            plans[device] = contents[key].addressed(tenant, device, row.seq)
    return plans


def _blobs(session: Session, plans: Iterable[Plan]) -> list[Blob]:
    """What the broker must hold for these plans."""
    names = sorted({piece.sha256 for plan in plans for piece in plan.pieces})
    return list(session.exec(select(Blob).where(col(Blob.sha256).in_(names)).order_by(col(Blob.sha256))))


def _number(row: DevicePlan, said: Content, now: int) -> bool:
    """Give it a new number if its content is new, or the speaker holds a higher one; whether that was so."""
    held = credible(row.held_seq)
    if row.content == said.digest and held <= row.seq:
        return False
    row.seq = max(now, row.seq + 1, held + 1)
    row.content, row.valid_to, row.attempts = said.digest, said.valid_to, 0
    return True


def _planned(session: Session, devices: Sequence[str], since: int) -> dict[str, list[Planned]]:
    """Airings of this half-day and later, by speaker: a plan changes with what is ordered, not with every end."""
    rows = (
        select(Delivery.device_id, Broadcast, Airing.instead, Blob.size)
        .join(Broadcast, col(Broadcast.id) == col(Delivery.order_id))
        .join(Airing, col(Airing.order_id) == col(Delivery.order_id))
        .join(Blob, col(Blob.sha256) == col(Broadcast.sha256))
        .where(
            col(Delivery.device_id).in_(devices), col(Delivery.withdrawn_at).is_(None),
            col(Broadcast.stop_requested_at).is_(None), Broadcast.expires_at > since,
        )
    )  # fmt: skip
    values: dict[str, Planned] = {}
    found: dict[str, list[Planned]] = defaultdict(list)
    for device, order, instead, size in session.exec(rows.order_by(col(Broadcast.start_at), col(Broadcast.id))):
        one = values.get(order.id) or values.setdefault(order.id, _value(order, instead, size))
        found[device].append(one)
    return found


def _value(order: Broadcast, instead: Sequence[str], size: int) -> Planned:
    return Planned(
        order.id, order.start_at, order.expires_at, order.sha256, size, order.duration_ms, order.max_late_ms,
        order.rank, order.volume, order.repeats, order.gap_ms, tuple(instead),  # type: ignore[arg-type]
    )  # fmt: skip


def _unconfirmed(session: Session, now: int) -> list[str]:
    rows = session.exec(_SILENT)
    return [device for device, at, attempts in rows if at is None or at + patience(attempts) <= now]


def _mark_published(session: Session, plans: Mapping[str, Plan], now: int) -> None:
    """Deliveries whose airing has left with a plan count as ordered, each with its line."""
    for row in plan_rows(session, plans).values():
        row.published_at, row.attempts = now, row.attempts + 1
    orders = sorted({airing.order for plan in plans.values() for airing in plan.airings})
    fresh = (
        col(Delivery.device_id).in_(list(plans)), col(Delivery.order_id).in_(orders),
        col(Delivery.state) == DeliveryState.QUEUED.value, col(Delivery.withdrawn_at).is_(None),
    )  # fmt: skip
    said = (literal(now), literal(DeliveryEventKind.PUBLISHED.value), literal(DeliveryState.ORDERED.value))
    lines = lines_of(col(Delivery.occurrence_id), col(Delivery.device_id), *said).where(*fresh)
    session.exec(insert(DeliveryEvent).from_select(["occurrence_id", "device_id", "at", "event", "state"], lines))
    ordered = {"state": DeliveryState.ORDERED.value, "published_at": now, "changed_at": now, "attempts": 1}
    session.exec(update(Delivery).where(*fresh).values(**ordered))
