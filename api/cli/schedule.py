"""`loa schedule`: what a recurrence means, by the planner's own code."""

import sys
from datetime import UTC, datetime, tzinfo

from api.cli.refusals import in_words
from api.cli.screen import fail, result, result_json
from scheduler.recurrence.calendar_text import read_series
from scheduler.recurrence.walltime import instant
from scheduler.recurrence.zones import zone_named

FIRST_YEAR, LAST_YEAR = 2, 9_998


def expand(begin: str, end: str, zone: str, as_json: bool) -> None:
    """The times of the events on standard input from `begin` to `end`, both included."""
    with in_words():
        floating = zone_named(zone)
        window = _time(begin, floating), _time(end, floating)
        found = [at for series in read_series(sys.stdin.read(), floating) for at in series.between(*window)]
    times = [at.isoformat() for at in sorted(found, key=lambda at: at.astimezone(UTC))]
    if as_json:
        result_json({"occurrences": [{"at": at} for at in times]})
        return
    for at in times:
        result(at)


def _time(text: str, floating: tzinfo) -> datetime:
    """An ISO 8601 time; one without offset stands on the wall of `floating`."""
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        fail(f"not a time: {text}; e.g. 2026-11-23T05:00:00+07:00")
    if not FIRST_YEAR <= said.year <= LAST_YEAR:
        fail(f"only from {FIRST_YEAR} to {LAST_YEAR}: {text}")
    return said if said.tzinfo else instant(said, floating)
