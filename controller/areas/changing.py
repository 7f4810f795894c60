"""A change of areas: shown before it is done, and done only as it was shown, in one transaction, on record."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from controller.alerts.models import AlertArea, AlertRow
from controller.areas.clashes import clashes
from controller.areas.comparing import Comparison
from controller.areas.effects import BelongingsEffect, Effects, Prospect
from controller.areas.heirs import Succession, keep_languages
from controller.areas.land import Land, changed
from controller.areas.picture import Picture, take_picture
from controller.areas.wishes import AreaWish, End, Merge
from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery
from controller.deliveries.states import OPEN_WORDS
from controller.errors.areas import ChangeOutdated
from controller.people.audit import Act, record
from controller.people.permissions import Action
from controller.programmes.reading import Situation, situation
from controller.programmes.timetable import AHEAD
from devices.errors import AreaNotEmpty
from devices.models import Area, AreaPast
from devices.moving import settle
from devices.registry import LOT, find_devices
from scheduler.timetable import wanted


@dataclass(frozen=True)
class Foreseen:
    """What has been tried and taken back; `prospect` takes its time, outside of any transaction."""

    wish: AreaWish
    comparison: Comparison
    states: tuple[Situation, Situation]
    broadcasts: tuple[str, ...]
    alerts: tuple[str, ...]

    def prospect(self) -> Prospect:
        seen = self.comparison.effects(self.wish.model_dump(mode="json"))
        return Prospect(
            **dict(seen), clashes=clashes(*self.states, self.comparison), broadcasts=list(self.broadcasts),
            alerts=list(self.alerts),
        )  # fmt: skip


def foresee(session: Session, wish: AreaWish, act: Act, new_id: Callable[[], str]) -> Foreseen:
    """Do it, look, and take it back. Raises as `carry_out`, but for ChangeOutdated."""
    now = act.now
    state, before = situation(session, now, now + AHEAD, now), take_picture(session, now)
    with session.begin_nested() as tried:
        comparison = _compared(session, before, wish, act, new_id)
        after = situation(session, now, now + AHEAD, now)
        tried.rollback()
    meant = comparison.moved
    return Foreseen(wish, comparison, (state, after), _open_orders(session, meant, now), _alerts(session, meant, now))


def carry_out(session: Session, wish: AreaWish, fingerprint: str, act: Act, new_id: Callable[[], str]) -> Effects:
    """Do what was shown under this fingerprint.

    Raises AreaUnknown, AreaEnded, AreaCycle, AreaTooDeep, AreaNotEmpty, AreaFull, DeviceUnknown, ParentUnclear, and
    ChangeOutdated where it would do something else by now.
    """
    comparison = _compared(session, take_picture(session, act.now), wish, act, new_id)
    seen = comparison.effects(wish.model_dump(mode="json"))
    if seen.fingerprint != fingerprint:
        raise ChangeOutdated()
    _put_on_record(session, wish, seen, act)
    return seen


def subject_of(wish: AreaWish, seen: Effects) -> str:
    """The area that a change is about: the new one, if there is one."""
    fresh = next((one.area for one in seen.areas if one.name_before is None), None)
    known = (wish.into or wish.areas[0]) if isinstance(wish, Merge) else wish.area
    return fresh or known


def _compared(session: Session, before: Picture, wish: AreaWish, act: Act, new_id: Callable[[], str]) -> Comparison:
    made: list[str] = []

    def name() -> str:
        made.append(new_id())
        return made[-1]

    if isinstance(wish, End):
        _refuse_programmes(before, wish.area)
    left = _Change(session, before.land, changed(before.land, wish, name), act, name).make(wish)
    return Comparison(before, take_picture(session, act.now), tuple(made), tuple(left))


def _refuse_programmes(before: Picture, area: str) -> None:
    """AreaNotEmpty."""
    if any(area in (wish.owner, *wish.targets.areas) for wish in before.programmes.values()):
        raise AreaNotEmpty(area=area)


@dataclass
class _Change:
    session: Session
    before: Land
    after: Land
    act: Act
    new_id: Callable[[], str]

    def make(self, wish: AreaWish) -> list[BelongingsEffect]:
        session, now = self.session, self.act.now
        self._areas()
        self._homes()
        was, now_in = self.before.lineages(), self.after.lineages()
        moved = sorted(device for device, lineage in now_in.items() if was[device] != lineage)
        settle(session, moved, self.after.parents, now)
        keep_languages(session, self.before, self.after)
        widen = frozenset(wish.widen) if isinstance(wish, Merge) else frozenset()
        left = Succession(session, self.before, self.after, self.act, self.new_id).pass_on(widen)
        self._alerts({area for device in moved for area in (*was[device], *now_in[device])})
        wanted(session)
        session.flush()
        return left

    def _areas(self) -> None:
        for area in sorted(self.after.names, key=lambda one: one in self.before.names):  # others come to lie in the new
            name, parent, now = self.after.names[area], self.after.parents[area], self.act.now
            row = self.session.get(Area, area) or Area(id=area, name=name, parent_id=parent, created_at=now)
            if area not in self.before.names or (row.name, row.parent_id) != (name, parent):
                row.name, row.parent_id = name, parent
                self.session.add(row)
                self.session.flush()
                self.session.merge(AreaPast(area_id=area, since=now, name=name, parent_id=parent))
            if area in self.after.ended - self.before.ended:
                row.ended_at, row.merged_into = now, self.after.merged.get(area)
                self.session.add(row)
        self.session.flush()

    def _homes(self) -> None:
        moved = sorted(device for device, home in self.after.homes.items() if home != self.before.homes[device])
        for begin in range(0, len(moved), LOT):
            for device in find_devices(self.session, moved[begin : begin + LOT]):
                device.area_id = self.after.homes[device.id]
        self.session.flush()

    def _alerts(self, areas: set[str]) -> None:
        """Alerts in force keep to those that they were raised for."""
        rows = select(AlertRow).join(AlertArea, col(AlertArea.alert_id) == col(AlertRow.id))
        for alert in self.session.exec(rows.where(AlertRow.expires_at > self.act.now)):
            if not areas.isdisjoint(_areas_of(self.session, alert.id)):
                alert.moved_at, alert.placed_at = self.act.now, None


def _put_on_record(session: Session, wish: AreaWish, seen: Effects, act: Act) -> None:
    """All of it in one line, and a line for each area and each speaker that stands elsewhere."""
    subject = subject_of(wish, seen)
    detail = f'{{"wish":{wish.model_dump_json()},"seen":{seen.model_dump_json()}}}'
    record(session, act, Action.AREA_CHANGE, subject, detail, area=subject)
    for area in seen.areas:
        said = f"{area.name_before or ''} ({area.parent_before or ''}) → {area.name} ({area.parent or ''})"
        record(session, act, Action.AREA_CHANGE, area.area, said + (", ended" if area.ends else ""), area=area.area)
    for one in seen.speakers:
        if one.area_before != one.area:
            record(session, act, Action.AREA_CHANGE, one.device, f"{one.area_before} → {one.area}", area=one.area)


def _areas_of(session: Session, alert: str) -> list[str]:
    return list(session.exec(select(AlertArea.area_id).where(AlertArea.alert_id == alert)))


def _open_orders(session: Session, devices: frozenset[str], now: int) -> tuple[str, ...]:
    rows = select(Broadcast.id, Delivery.device_id).join(Delivery, col(Delivery.order_id) == col(Broadcast.id))
    rows = rows.where(Broadcast.expires_at > now, col(Delivery.state).in_(OPEN_WORDS)).distinct()
    return tuple(sorted({order for order, device in session.exec(rows) if device in devices}))


def _alerts(session: Session, devices: frozenset[str], now: int) -> tuple[str, ...]:
    rows = select(AlertRow.id, Delivery.device_id).join(Delivery, col(Delivery.order_id) == col(AlertRow.id))
    found = session.exec(rows.where(AlertRow.expires_at > now).distinct())
    return tuple(sorted({alert for alert, device in found if device in devices}))
