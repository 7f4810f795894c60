"""What speakers are to say on one day, and what is known of their plans: read for `readiness`, many at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, select

from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery
from controller.programmes.plan_words import plan_rows
from controller.programmes.readiness import Due, Held, Why, hindrances
from controller.programmes.reading import at
from devices.models import Device, DevicePlan
from scheduler.models import Airing
from scheduler.programmes.models import ProgrammeRow
from scheduler.recurrence.walltime import instant
from scheduler.recurrence.zones import VIETNAM, zone_named

ONE = timedelta(days=1)


@dataclass(frozen=True)
class Prospect:
    """One speaker on that day."""

    device: Device
    plan: DevicePlan
    airings: tuple[Due, ...]
    reasons: tuple[Why, ...]

    @property
    def will_play(self) -> bool:
        return not self.reasons


def tomorrow(now: int) -> date:
    """The day after the one that clocks in Vietnam show."""
    return at(now).astimezone(zone_named(VIETNAM)).date() + ONE


def prospects(session: Session, devices: Sequence[Device], day: date, now: int) -> list[Prospect]:
    """In the order of `devices` (a few hundred); of a day in Vietnam, what is still to come at `now`."""
    names = [device.id for device in devices]
    airings = _airings(session, names, max(now, _midnight(day)), _midnight(day + ONE))
    plans = {name: DevicePlan(device_id=name) for name in names} | plan_rows(session, names)
    return [_prospect(device, plans[device.id], airings[device.id], now) for device in devices]


def _prospect(device: Device, plan: DevicePlan, airings: Sequence[Due], now: int) -> Prospect:
    held = Held(
        device.last_seen is not None, device.retired_at is not None, plan.seq, plan.held_seq, plan.held_at,
        plan.valid_to, frozenset(plan.missing), plan.clock_error_us,
    )  # fmt: skip
    return Prospect(device, plan, tuple(airings), tuple(hindrances(held, airings, now)))


def _midnight(day: date) -> int:
    return int(instant(datetime.combine(day, time()), zone_named(VIETNAM)).timestamp()) * 1_000_000


def _airings(session: Session, devices: Sequence[str], begin: int, end: int) -> dict[str, list[Due]]:
    rows = (
        select(Delivery.device_id, ProgrammeRow.title, Broadcast.start_at, Broadcast.sha256)
        .join(Broadcast, col(Broadcast.id) == col(Delivery.order_id))
        .join(Airing, col(Airing.order_id) == col(Broadcast.id))
        .join(ProgrammeRow, col(ProgrammeRow.id) == col(Airing.programme_id))
        .where(
            col(Delivery.device_id).in_(devices), col(Delivery.withdrawn_at).is_(None),
            col(Broadcast.stop_requested_at).is_(None), Broadcast.start_at >= begin, Broadcast.start_at < end,
        )
        .order_by(col(Broadcast.start_at), col(Broadcast.id))
    )  # fmt: skip
    found: dict[str, list[Due]] = defaultdict(list)
    for device, title, start_at, sha256 in session.exec(rows):
        found[device].append(Due(title, start_at, sha256))
    return found
