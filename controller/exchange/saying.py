"""How a line was understood, in words: so that whoever imports it sees what will be. Pure."""

from datetime import date

from controller.exchange.directory import Directory
from controller.exchange.written import time_said
from devices.areas import WITHIN
from scheduler.programmes.programme import OneBulletin, Programme
from scheduler.recurrence.rules import Once
from scheduler.recurrence.words import Days, Language, day_said, said


def understood_as(wish: Programme, names: Directory, language: Language) -> str:
    """`“Thể dục”: thứ 2 – thứ 6 lúc 05:00, từ 23/11/2026; Tỉnh Tiền Giang / Xã Tân Đông`."""
    when, words = wish.recurrence, _WORDS[language]
    text = f"“{_content(wish, names)}”: {said(Days(when.days, when.only_on), language)} {words['at']} "
    text += ", ".join(map(time_said, when.times)) + f", {words['from']} {day_said(when.first)}"
    if when.last is not None:
        text += f" {words['to']} {day_said(when.last)}"
    if when.less or when.more:
        text += f" ({words['less']} {len(when.less)}, {words['more']} {len(when.more)})"
    return f"{text}; {'; '.join(_places(wish, names))}"


def is_over(wish: Programme, today: date) -> bool:
    """Whether no day of it is left: a slip of the pen, most likely."""
    when = wish.recurrence
    last = max(when.days.days) if isinstance(when.days, Once) else when.last
    return last is not None and max([last, *(one.date() for one in when.more)]) < today


def _content(wish: Programme, names: Directory) -> str:
    if isinstance(wish.content, OneBulletin):
        return names.paths["bulletin"].get(wish.content.bulletin, ("?",))[0]
    return wish.content.category


def _places(wish: Programme, names: Directory) -> list[str]:
    areas = [WITHIN.join(names.paths["area"].get(area, ("?",))) for area in wish.targets.areas]
    groups = [names.paths["group"].get(group, ("?",))[0] for group in wish.targets.groups]
    return areas + groups + [names.paths["speaker"].get(one, ("?",))[0] for one in wish.targets.devices]


_WORDS: dict[Language, dict[str, str]] = {
    "vi": {"at": "lúc", "from": "từ", "to": "đến", "less": "trừ", "more": "thêm"},
    "en": {"at": "at", "from": "from", "to": "to", "less": "except", "more": "also"},
}
