"""From a programme to the row that is read back as the same one. Pure."""

from datetime import date, datetime, time

from controller.exchange.directory import LIST, Directory, Kind
from controller.exchange.rows import MINUTE_MS, SECOND_MS, Row
from controller.sheets.sheet import Cell
from scheduler.programmes.programme import Newest, OneBulletin, Programme
from scheduler.recurrence.words import Days, Language, day_said, said

_RANKS = {"vi": {"normal": "thường", "priority": "ưu tiên"}, "en": {"normal": "normal", "priority": "priority"}}
_YES = {"vi": "có", "en": "yes"}


def row_of(programme: Programme, names: Directory, language: Language) -> Row:
    """The cells that `programme_of` reads back as this programme."""
    when, content, targets = programme.recurrence, programme.content, programme.targets
    row: dict[str, Cell] = {
        "title": programme.title,
        "bulletin": names.written("bulletin", content.bulletin) if isinstance(content, OneBulletin) else None,
        "category": content.category if isinstance(content, Newest) else None,
        "areas": _written(names, "area", targets.areas), "groups": _written(names, "group", targets.groups),
        "speakers": _written(names, "speaker", targets.devices),
        "days": said(Days(when.days, when.only_on), language), "times": "; ".join(map(time_said, when.times)),
        "first": when.first, "last": when.last,
        "less": f"{LIST} ".join(_moment_said(one) for one in when.less) or None,
        "more": f"{LIST} ".join(one.isoformat() for one in when.more) or None, "zone": when.zone,
        "rank": _RANKS[language][programme.rank], "volume": programme.volume, "gain": programme.gain_db,
        "repeats": programme.repeats, "gap": programme.gap_ms / SECOND_MS, "late": programme.max_late_ms / MINUTE_MS,
        "turns": _YES[language] if programme.turns else None, "paused": _YES[language] if programme.paused else None,
        "owner": names.written("area", programme.owner),
    }  # fmt: skip
    return {name: value for name, value in row.items() if value is not None}


def time_said(one: time) -> str:
    return f"{one:%H:%M:%S}" if one.second else f"{one:%H:%M}"


def _moment_said(one: date | datetime) -> str:
    return one.isoformat() if isinstance(one, datetime) else day_said(one)


def _written(names: Directory, kind: Kind, several: tuple[str, ...]) -> str | None:
    return f"{LIST} ".join(names.written(kind, one) for one in several) or None
