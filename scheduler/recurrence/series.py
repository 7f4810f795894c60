"""A series of RFC 5545: a first time, rules, single times more and less, as the instants within a window."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import takewhile

from dateutil.rrule import rrule, rrulestr

from scheduler.errors import BadRule
from scheduler.recurrence.walltime import instant, shown

DAY = timedelta(days=1)
_UNTIL = re.compile(r"(?i)(?:^|;)UNTIL=([^;]*)")
_STAMP = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")


@dataclass(frozen=True)
class Series:
    """`start` and `more` are wall times of `zone`; `less` holds instants, and dates of whole days."""

    start: datetime
    zone: tzinfo
    rules: tuple[str, ...] = ()
    """The values of RRULE properties."""
    more: tuple[datetime, ...] = ()
    """RDATE, on the wall."""
    less: frozenset[datetime | date] = frozenset()
    """EXDATE: instants with zone, and whole days."""

    def between(self, begin: datetime, end: datetime) -> list[datetime]:
        """The instants from `begin` to `end`, both included, in order, in the series' zone. BadRule."""
        found = {at.astimezone(UTC): at for at in self._all(end) if begin <= at <= end and not self._left_out(at)}
        return [found[at] for at in sorted(found)]

    def _all(self, end: datetime) -> Iterator[datetime]:
        latest = shown(end, self.zone) + DAY
        if not self.rules:
            yield instant(self.start, self.zone)
        for text in self.rules:
            yield from _ruled(text, self.start, latest, self.zone)
        for at in self.more:
            yield instant(at, self.zone)

    def _left_out(self, at: datetime) -> bool:
        return at.date() in self.less or any(isinstance(one, datetime) and one == at for one in self.less)


def check_rule(text: str, start: datetime, zone: tzinfo) -> None:
    """BadRule for what is no RRULE; without looking for its times: a rule that never happens is searched for long."""
    _until(text, zone)
    _parsed(_UNTIL.sub("", text), start)


def _ruled(text: str, start: datetime, latest: datetime, zone: tzinfo) -> Iterable[datetime]:
    """Instants of one rule, at least until the wall shows `latest`."""
    last = _until(text, zone)
    rule = _parsed(_UNTIL.sub("", text), start)
    if last is not None:
        latest = min(latest, shown(last, zone) + DAY)
    instants = (instant(wall, zone) for wall in takewhile(lambda wall: wall <= latest, rule))
    return instants if last is None else (at for at in instants if at <= last)


def _parsed(text: str, start: datetime) -> rrule:
    try:
        rule = rrulestr(text.strip(";"), dtstart=start)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise BadRule(rule=text[:200]) from error
    if not isinstance(rule, rrule):
        raise BadRule(rule=text[:200])
    return rule


def _until(text: str, zone: tzinfo) -> datetime | None:
    """The last instant that a rule allows. A date means its midnight, a time without Z the wall of `zone`."""
    said = _UNTIL.search(text)
    if said is None:
        return None
    stamp = _STAMP.fullmatch(said[1].strip().upper())
    if stamp is None:
        raise BadRule(rule=text[:200], field="UNTIL")
    try:
        wall = datetime.strptime(stamp[1] + (stamp[2] or "000000"), "%Y%m%d%H%M%S")  # noqa: DTZ007 a wall time
    except ValueError as error:
        raise BadRule(rule=text[:200], field="UNTIL") from error
    return wall.replace(tzinfo=UTC) if stamp[3] else instant(wall, zone)
