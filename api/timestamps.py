"""The one place where microseconds become RFC 3339 and back."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_utc(micros: int) -> datetime:
    """us UTC to an aware datetime."""
    return _EPOCH + timedelta(microseconds=micros)


def to_utc_or_none(micros: int | None) -> datetime | None:
    return None if micros is None else to_utc(micros)


def to_rfc3339(micros: int) -> str:
    """us UTC as people and programs write it, e.g. `2026-11-23T00:00:00Z`."""
    return to_utc(micros).isoformat().replace("+00:00", "Z")


def to_micros(instant: datetime) -> int:
    """An aware datetime to us UTC; the models let no naive one through."""
    return (instant - _EPOCH) // timedelta(microseconds=1)
