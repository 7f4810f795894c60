"""From the tables to the planner: who hears what, what is ordered already, and how it is called."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, or_, select

from controller.air.book import read_air
from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery
from controller.library.models import Blob
from controller.programmes.contents import Shelf, Version, read_shelf, sound_of
from devices.areas import Parents, lineage
from devices.models import Area, Device
from devices.protocol.units import DAY, MILLI, SECOND
from devices.registry import parents
from scheduler.air.timeline import Air, resolve
from scheduler.calendars.special_days import read_calendar, years_of
from scheduler.models import Airing
from scheduler.planner.audience import Hearers, Speaker, gather
from scheduler.planner.entries import Entry, Taken
from scheduler.planner.planning import micros
from scheduler.planner.precedence import Decision
from scheduler.programmes.models import Choice, GroupMember, ProgrammeRow
from scheduler.programmes.programme import Programme, loudness
from scheduler.recurrence.recurrence import Calendar, Moment, moments

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIXED = 15 * SECOND
"""What starts so soon stays as it is, us: another version could not reach every speaker in time."""


@dataclass(frozen=True)
class Kept:
    """A programme with its row."""

    row: ProgrammeRow
    wish: Programme

    @property
    def volume(self) -> int:
        return loudness(self.wish.volume, self.wish.gain_db)


@dataclass(frozen=True)
class Situation:
    """All that the planner needs for a window, and what its answer is made of."""

    programmes: Mapping[str, Kept]
    hearers: Sequence[Hearers]
    versions: Mapping[str, Version]
    """What sounds, by the SHA-256 of its blob."""
    entries: Sequence[Entry]
    taken: Sequence[Taken]
    airs: Sequence[Air]
    decisions: Sequence[Decision]
    begun: Mapping[str, frozenset[int]]
    """Programme to those of its times that are as good as on air: nothing is changed about them any more."""
    fixed: frozenset[str]
    """Orders of those times that are still to come, such as of turn B."""

    def speakers(self, groups: Iterable[int]) -> frozenset[str]:
        return frozenset().union(*(self.hearers[group].speakers for group in groups))

    def blob(self, sha256: str) -> Blob:
        blob = self.versions[sha256].blob
        assert blob is not None, sha256  # noqa: S101 only what is ready has a sound
        return blob


def read_programmes(session: Session) -> dict[str, Kept]:
    """All programmes that have not been ended."""
    rows = session.exec(select(ProgrammeRow).where(col(ProgrammeRow.ended_at).is_(None))).all()
    return {row.id: Kept(row, Programme.model_validate(row.said)) for row in rows}


def situation(
    session: Session, begin: int, end: int, now: int, programmes: Mapping[str, Kept] | None = None
) -> Situation:
    """The state of the tables for what is to sound from `begin` to `end` (us UTC) and has not begun by `now`.

    `programmes`: in place of those in the table, to ask what would be.
    """
    kept = read_programmes(session) if programmes is None else programmes
    tree = parents(session)
    calendar = read_calendar(session, years_of(begin - DAY, end + 2 * DAY))
    book = read_air(session)
    hearers = gather(
        _speakers(session, book.bound), {name: one.wish.targets for name, one in kept.items()}, tree,
        _languages(session), {name for name, one in kept.items() if one.wish.turns},
    )  # fmt: skip
    by_rules: dict[tuple[str, ...], Air] = {}
    for group in hearers:
        if group.rules not in by_rules:
            rules = [book.rules[name] for name in group.rules]
            by_rules[group.rules] = resolve(rules, calendar, begin - DAY, end + 2 * DAY)
    shelf = read_shelf(session, [one.wish for one in kept.values()])
    heard, versions = _heard(kept, hearers, shelf)
    begun = _begun(session, begin - DAY, now + FIXED)
    second = frozenset(number for number, group in enumerate(hearers) if group.second)
    when = {
        name: _moments(one, calendar, (begin, end, now), begun.get(name, frozenset())) for name, one in kept.items()
    }
    entries = [_entry(one, heard[name], tree, when[name], second) for name, one in kept.items()]
    airs = [by_rules[group.rules] for group in hearers]
    fixed = _fixed(session, kept, begun, now + FIXED)
    taken = _taken(session, hearers, (begin - DAY, end, now + FIXED), fixed)
    return Situation(kept, hearers, versions, entries, taken, airs, _decisions(session), begun, fixed)


def _entry(
    kept: Kept, audience: Mapping[int, Version | None], tree: Parents, when: Sequence[Moment], second: frozenset[int]
) -> Entry:
    wish = kept.wish
    blobs = {group: version.blob if version else None for group, version in audience.items()}
    return Entry(
        id=kept.row.id, rank=wish.rank, level=len(lineage(wish.owner, tree)), since=kept.row.created_at,
        max_late=wish.max_late_ms * MILLI, moments=when,
        audience={group: sound_of(blob, wish.repeats, wish.gap_ms) if blob else None for group, blob in blobs.items()},
        second=second.intersection(audience) if wish.turns else frozenset(),
    )  # fmt: skip


def _moments(kept: Kept, calendar: Calendar, window: tuple[int, int, int], begun: frozenset[int]) -> list[Moment]:
    """Those still to come, and those that may begin late; never one from before it was changed last."""
    begin, end, now = window
    first = max(begin, now - kept.wish.max_late_ms * MILLI, kept.row.changed_at)
    if kept.wish.paused or first > end:
        return []
    found = moments(kept.wish.recurrence, calendar, at(first), at(end))
    return [one for one in found if micros(one) not in begun]


def _begun(session: Session, since: int, now: int) -> dict[str, frozenset[int]]:
    """Programme to those of its times that sound by now, or have."""
    rows = select(Airing.programme_id, Airing.nominal_at).where(
        Airing.nominal_at >= since, Airing.start_at <= now, col(Airing.withdrawn_at).is_(None)
    )
    found: dict[str, set[int]] = defaultdict(set)
    for programme, nominal in session.exec(rows):
        found[programme].add(nominal)
    return {programme: frozenset(times) for programme, times in found.items()}


def _fixed(session: Session, kept: Mapping[str, Kept], begun: Mapping[str, frozenset[int]], now: int) -> frozenset[str]:
    """Orders after `now` of times that have begun."""
    rows = select(Airing.order_id, Airing.programme_id, Airing.nominal_at).where(
        Airing.nominal_at <= now, Airing.start_at > now, col(Airing.withdrawn_at).is_(None)
    )
    going_on = {name for name, one in kept.items() if not one.wish.paused}
    return frozenset(
        order for order, programme, nominal in session.exec(rows)
        if programme in going_on and nominal in begun.get(programme, ())
    )  # fmt: skip


def _heard(
    kept: Mapping[str, Kept], hearers: Sequence[Hearers], shelf: Shelf
) -> tuple[dict[str, dict[int, Version | None]], dict[str, Version]]:
    """What each group would hear of each programme, and every version by its blob."""
    heard: dict[str, dict[int, Version | None]] = {name: {} for name in kept}
    versions: dict[str, Version] = {}
    for group, one in enumerate(hearers):
        for name in one.programmes:
            version = shelf.version(kept[name].wish, one.languages)
            heard[name][group] = version
            if version is not None and version.blob is not None:
                versions[version.blob.sha256] = version
    return heard, versions


def _speakers(session: Session, bindings: Mapping[str, tuple[str, ...]]) -> list[Speaker]:
    groups: dict[str, list[str]] = defaultdict(list)
    for group_id, device_id in session.exec(select(GroupMember.group_id, GroupMember.device_id)):
        groups[device_id].append(group_id)
    rows = select(Device.id, Device.area_id, Device.interleave).where(col(Device.retired_at).is_(None))
    return [
        Speaker(name, area, tuple(sorted(groups.get(name, ()))), bindings.get(name, ()), turn == "B")
        for name, area, turn in session.exec(rows)
    ]


def _languages(session: Session) -> dict[str, tuple[str, ...]]:
    return {area: tuple(spoken) for area, spoken in session.exec(select(Area.id, Area.languages)) if spoken}


def _decisions(session: Session) -> list[Decision]:
    return [Decision(row.first_id, row.second_id, row.second) for row in session.exec(select(Choice))]  # type: ignore[arg-type]


def _taken(
    session: Session, hearers: Sequence[Hearers], window: tuple[int, int, int], fixed: frozenset[str]
) -> list[Taken]:
    """Single orders, and what of programmes has begun or is fixed: for the groups of which it reaches a speaker."""
    begin, end, now = window
    group_of = {speaker: number for number, group in enumerate(hearers) for speaker in group.speakers}
    rows = select(Broadcast).where(
        Broadcast.ends_at >= begin, Broadcast.start_at < end, col(Broadcast.stop_requested_at).is_(None),
        or_(col(Broadcast.programme_id).is_(None), Broadcast.start_at <= now, col(Broadcast.id).in_(fixed)),
    )  # fmt: skip
    found = {row.id: row for row in session.exec(rows)}
    reached: dict[str, set[int]] = defaultdict(set)
    wanted = select(Delivery.order_id, Delivery.device_id).where(
        col(Delivery.order_id).in_(list(found)), col(Delivery.withdrawn_at).is_(None)
    )
    for order_id, device_id in session.exec(wanted) if found else ():
        if device_id in group_of:
            reached[order_id].add(group_of[device_id])
    return [
        Taken(
            row.id, row.start_at, row.ends_at, row.duration_ms * row.repeats * MILLI, frozenset(reached[name]),
            row.programme_id or "",
        )
        for name, row in found.items()
    ]  # fmt: skip


def at(instant: int) -> datetime:
    """us UTC as an aware time."""
    return EPOCH + timedelta(microseconds=instant)
