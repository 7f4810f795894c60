"""Zones by their IANA name."""

from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scheduler.errors import ZoneUnknown

VIETNAM = "Asia/Ho_Chi_Minh"


def zone_named(name: str) -> tzinfo:
    """The zone of that name; ZoneUnknown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ZoneUnknown(zone=name[:80]) from error
