"""What clocks on the wall show, and which instant that is.

The one place that computes with times without a zone: recurrence is a matter of wall clocks. A time that a clock
skips moves forward by what was skipped; of a time that it shows twice the first counts (RFC 5545, section 3.3.5).
"""

from datetime import UTC, datetime, tzinfo


def instant(wall: datetime, zone: tzinfo) -> datetime:
    """The instant at which clocks of `zone` show `wall` (without zone), with their offset then."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone)


def shown(at: datetime, zone: tzinfo) -> datetime:
    """What clocks of `zone` show at `at` (with zone): a time without zone."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)
