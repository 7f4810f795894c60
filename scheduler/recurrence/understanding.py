"""Words of days, Vietnamese or English, back to a rule. Accents and case do not matter; a guess is never made."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from scheduler.errors import DaysUnclear
from scheduler.recurrence.folding import folded
from scheduler.recurrence.rules import Daily, DayRule, Lunar, Monthly, MonthlyWeekday, Once, Rfc5545, Weekly
from scheduler.recurrence.weekday_words import BETWEEN, read_weekdays
from scheduler.recurrence.words import ENGLISH_NTH, IN_ORDER, PREFIX, Days, OnlyOn

LONGEST = 6_000
"""Letters: more than any rule says."""
_EVERY_DAY = {"hang ngay", "moi ngay", "tat ca cac ngay", "ca tuan", "every day", "daily", "all days", "each day"}
_WORKING = re.compile(r"[,;]?\s*\b(?:chi )?(?:cac )?(?:ngay lam viec|working days?)(?: only)?$")
_NO_HOLIDAYS = re.compile(r"[,;]?\s*\b(?:tru|except|no)\s+(?:cac )?(?:ngay )?(?:nghi|le|holidays?|days? off)$")
_WEEKS = re.compile(r"[,;]?\s*\b(?:cu|every)\s+(\d+)\s+(?:tuan|weeks)$")
_EACH_WEEK = re.compile(r"[,;]?\s*\b(?:(?:hang|moi) tuan|every week|weekly)$")
_DAYS = re.compile(r"(?:cu|every)\s+(\d+)\s+(?:ngay|days)")
_FROM = re.compile(r"^(?:tu|from) (?=.* (?:den|toi|to) )")
_PARTS = {
    "weekdays": IN_ORDER[:5], "cuoi tuan": IN_ORDER[5:], "weekends": IN_ORDER[5:], "weekend": IN_ORDER[5:],
}  # fmt: skip
_OF_MONTH = re.compile(r"[,;]?\s*\b(?:(?:(?:hang|moi|trong|cua|cac)\s+)*thang|(?:of|in|on) (?:the|each|every) month)$")
_NTH_VI = re.compile(r"(.+?)\s+(?:lan(?: thu| t)?\s+([1-5])|(dau tien)|(cuoi cung|cuoi))")
_NTH_EN = re.compile(r"(?:the )?(first|second|third|fourth|fifth|last|[1-5])(?:st|nd|rd|th)?\s+([a-z]+)")
_NUMBERS = r"((?:-?\d+|cuoi|last)(?:\s*(?:,|;|va|and|&)\s*(?:ngay )?(?:-?\d+|cuoi|last))*)"
_MONTHLY = re.compile(rf"(?:ngay|days?|the)?\s*{_NUMBERS}(?:\s+day)?")
_LUNAR = re.compile(rf"(?:ngay|day)?\s*{_NUMBERS}(?:\s+(?:thang|month)\s+{_NUMBERS})?")
_LEAP = re.compile(r",?\s*(?:ke ca thang nhuan|leap months too)$")
_DATE = re.compile(r"(?:(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{4})-(\d{1,2})-(\d{1,2}))")
_NTH = {word: nth for nth, word in ENGLISH_NTH.items()}
_IS_LUNAR = re.compile(r"am lich|lunar|^(?:ngay )?(?:ram|mung|mong)\b|full moon")
_MOON = {"mung mot": "1", "mong mot": "1", "mung ": "", "mong ": "", "ngay ram": "15", "ram": "15", "full moon": "15",
         "thang gieng": "thang 1", "thang chap": "thang 12"}  # fmt: skip


def understood(text: str) -> Days:
    """The days that these words name. DaysUnclear."""
    if len(text) > LONGEST:
        raise DaysUnclear(days=text[:200])
    if text.strip().upper().startswith(PREFIX):
        return _series(text.strip()[len(PREFIX) :])
    words, only_on = _counting(_words(text))
    if not words and only_on == "working_days":
        return Days(Daily(), only_on)
    for way in (_daily, _once, _moon, _nth_weekday, _monthly, _weekly):
        rule = _made(text, lambda way=way: way(words))  # type: ignore[misc]
        if rule is not None:
            return Days(rule, only_on)
    raise DaysUnclear(days=text[:200])


def read_date(text: str) -> date | None:
    """`23/11/2026`, day first, or `2026-11-23`; None for anything else."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    day, month, year = found.group(1, 2, 3) if found[1] else found.group(6, 5, 4)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _words(text: str) -> str:
    """Without accents `thứ` (day number) would be Thursday."""
    return folded(unicodedata.normalize("NFC", text).casefold().replace("thứ", "t"))


def _series(text: str) -> Days:
    rule, _, rest = text.partition(", ")
    words, only_on = _counting(_words(rest))
    if words:
        rule, only_on = text, "all_days"
    return Days(_made(text, lambda: Rfc5545(rrule=rule.strip())), only_on)


def _made(text: str, way: Callable[[], DayRule | None]) -> DayRule:
    """What a way makes of the words; numbers that no rule takes are unclear."""
    try:
        return way()  # type: ignore[return-value]
    except ValueError as error:
        raise DaysUnclear(days=text[:200]) from error


def _counting(words: str) -> tuple[str, OnlyOn]:
    if found := _WORKING.search(words):
        return words[: found.start()].strip(), "working_days"
    if found := _NO_HOLIDAYS.search(words):
        return words[: found.start()].strip(), "no_holidays"
    return words, "all_days"


def _daily(words: str) -> DayRule | None:
    if words in _EVERY_DAY:
        return Daily()
    every = _DAYS.fullmatch(words)
    return Daily(every=int(every[1])) if every else None


def _once(words: str) -> DayRule | None:
    found = [read_date(word) for word in BETWEEN.split(words.removeprefix("ngay ").removeprefix("on "))]
    days = [day for day in found if day is not None]
    return Once(days=tuple(days)) if len(days) == len(found) else None


def _moon(words: str) -> DayRule | None:
    """`rằm, mùng một`, `âm lịch ngày 1, 15 tháng 7`."""
    if not _IS_LUNAR.search(words):
        return None
    leap = _LEAP.search(words)
    plain = words[: leap.start()] if leap else words
    for name, number in (_MOON | {"am lich": "", "lunar": ""}).items():
        plain = plain.replace(name, number)
    found = _LUNAR.fullmatch(_OF_MONTH.sub("", plain).strip(" ,"))
    if found is None:
        return None
    return Lunar(days=_numbers(found[1]), months=_numbers(found[2] or ""), leap=leap is not None)


def _nth_weekday(words: str) -> DayRule | None:
    month = _OF_MONTH.search(words)
    if month is None:
        return None
    plain = words[: month.start()].strip()
    if (vi := _NTH_VI.fullmatch(plain)) and len(days := read_weekdays(vi[1])) == 1:
        return MonthlyWeekday(nth=1 if vi[3] else -1 if vi[4] else int(vi[2]), day=days[0])
    if (en := _NTH_EN.fullmatch(plain)) and len(days := read_weekdays(en[2])) == 1:
        return MonthlyWeekday(nth=_NTH.get(en[1]) or int(en[1]), day=days[0])
    return None


def _monthly(words: str) -> DayRule | None:
    month = _OF_MONTH.search(words)
    if month is None:
        return None
    found = _MONTHLY.fullmatch(words[: month.start()].strip())
    return Monthly(days=_numbers(found[1])) if found else None


def _weekly(words: str) -> DayRule | None:
    every = _WEEKS.search(words)
    plain = _EACH_WEEK.sub("", words[: every.start()] if every else words)
    days = _PARTS.get(plain) or read_weekdays(_FROM.sub("", plain))
    return Weekly(days=days, every=int(every[1]) if every else 1) if days else None


def _numbers(words: str) -> tuple[int, ...]:
    return tuple(-1 if word in ("cuoi", "last") else int(word) for word in re.findall(r"-?\d+|cuoi|last", words))
