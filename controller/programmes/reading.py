"""From the tables to the planner: who hears what, what is ordered already, and how it is called."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session, col, select

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
from scheduler.calendars.models import SpecialDayRow
from scheduler.models import Airing
from scheduler.planner.audience import Hearers, Speaker, gather
from scheduler.planner.entries import Entry, Taken
from scheduler.planner.planning import micros
from scheduler.planner.precedence import Decision
from scheduler.programmes.models import Choice, GroupMember, ProgrammeRow
from scheduler.programmes.programme import Programme, loudness
from scheduler.recurrence.recurrence import Calendar, Moment, SpecialDay, moments

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
    calendar = read_calendar(session, at(begin - DAY).date(), at(end + DAY).date())
    book = read_air(session)
    hearers = gather(
        _speakers(session, book.bound), {name: one.wish.targets for name, one in kept.items()}, tree,
        _languages(session),
    )  # fmt: skip
    by_rules: dict[tuple[str, ...], Air] = {}
    for group in hearers:
        if group.rules not in by_rules:
            rules = [book.rules[name] for name in group.rules]
            by_rules[group.rules] = resolve(rules, calendar, begin - DAY, end + 2 * DAY)
    shelf = read_shelf(session, [one.wish for one in kept.values()])
    heard, versions = _heard(kept, hearers, shelf)
    begun = _begun(session, begin - DAY, now + FIXED)
    entries = [
        _entry(one, heard[name], tree, _moments(one, calendar, (begin, end, now), begun.get(name, frozenset())))
        for name, one in kept.items()
    ]
    airs = [by_rules[group.rules] for group in hearers]
    taken = _taken(session, hearers, begin - DAY, end, now + FIXED)
    return Situation(kept, hearers, versions, entries, taken, airs, _decisions(session), begun)


def _entry(kept: Kept, audience: Mapping[int, Version | None], tree: Parents, when: Sequence[Moment]) -> Entry:
    wish = kept.wish
    blobs = {group: version.blob if version else None for group, version in audience.items()}
    return Entry(
        id=kept.row.id, rank=wish.rank, level=len(lineage(wish.owner, tree)), since=kept.row.created_at,
        max_late=wish.max_late_ms * MILLI, moments=when,
        audience={group: sound_of(blob, wish.repeats, wish.gap_ms) if blob else None for group, blob in blobs.items()},
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
    rows = session.exec(select(Device.id, Device.area_id).where(col(Device.retired_at).is_(None)))
    return [Speaker(name, area, tuple(sorted(groups.get(name, ()))), bindings.get(name, ())) for name, area in rows]


def read_calendar(session: Session, first: date, last: date) -> Calendar:
    """The special days from `first` to `last`."""
    days = col(SpecialDayRow.day)
    rows = session.exec(select(SpecialDayRow).where(days >= first.isoformat(), days <= last.isoformat()))
    return {date.fromisoformat(row.day): SpecialDay(row.name, row.off) for row in rows}


def _languages(session: Session) -> dict[str, tuple[str, ...]]:
    return {area: tuple(spoken) for area, spoken in session.exec(select(Area.id, Area.languages)) if spoken}


def _decisions(session: Session) -> list[Decision]:
    return [Decision(row.first_id, row.second_id, row.second) for row in session.exec(select(Choice))]  # type: ignore[arg-type]


def _taken(session: Session, hearers: Sequence[Hearers], begin: int, end: int, now: int) -> list[Taken]:
    """Single orders, and what of programmes has begun: each for the groups of which it reaches a speaker."""
    group_of = {speaker: number for number, group in enumerate(hearers) for speaker in group.speakers}
    rows = select(Broadcast).where(
        Broadcast.ends_at >= begin, Broadcast.start_at < end, col(Broadcast.stop_requested_at).is_(None),
        col(Broadcast.programme_id).is_(None) | (Broadcast.start_at <= now),
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
        Taken(row.id, row.start_at, row.ends_at, row.duration_ms * row.repeats * MILLI, frozenset(reached[name]))
        for name, row in found.items()
    ]


def at(instant: int) -> datetime:
    """us UTC as an aware time."""
    return EPOCH + timedelta(microseconds=instant)
