"""Numbers that no other rule has taken: ranges, signs in front, ordinals, and whatever digits are left."""

import re

from controller.reading.letters import spell
from controller.reading.numbers import NUMBER, STARTS, cardinal, in_groups, label, number, ordinal
from controller.reading.script import AMOUNT, DATE, FIGURES, LETTER, MONEY, TIME, Rule, always, before, rule

ALIKE = (DATE, TIME, MONEY, AMOUNT)
COMPARED = {
    ">": "trên",
    "<": "dưới",
    ">=": "từ",
    "≥": "từ",
    "<=": "không quá",
    "≤": "không quá",
    "~": "khoảng",
    "≈": "khoảng",
    "±": "cộng trừ",
    "#": "số",
    "+": "cộng",
}
JOINED = re.compile(rf"[\w)]$|[\d{FIGURES}]\s*$")
OPENS_LINE = re.compile(r"(?:^|\n)\s*$")


def _ordinal(match: re.Match[str]) -> str:
    return ordinal(match["n"])


def _levels(match: re.Match[str]) -> str:
    """Wind, alert and school levels: the word is said again, so that the second number is heard."""
    return f"{cardinal(match['a'])} đến {match['word'].lower()} {cardinal(match['b'])}"


def _compared(match: re.Match[str]) -> str:
    return COMPARED[match["sign"]]


def _negative(match: re.Match[str]) -> str | None:
    """Below zero, where the sign neither joins two things nor opens a line as a bullet."""
    there = before(match)
    bullet = match.group() == "-" and OPENS_LINE.search(there)
    return None if bullet or JOINED.search(there) else "âm"


def _quantity(match: re.Match[str]) -> str:
    """A number as it stands; a long plain one digit by digit."""
    written = match.group()
    if not written.isdecimal():
        return number(written)
    counted = re.match(r" [^\W\d_]{2}", match.string[match.end() : match.end() + 3])
    if len(written) == 2 and counted:
        return cardinal(written)
    return label(written)


def _row(match: re.Match[str]) -> str:
    return ", ".join(label(part) for part in re.findall(r"\d+", match.group()))


def _leftover(match: re.Match[str]) -> str:
    return in_groups(match.group()) if len(match.group()) > 4 else spell(match.group())


def _plus(match: re.Match[str]) -> str:
    return {"+": "cộng", "=": "bằng"}[match["it"]]


RULES: tuple[Rule, ...] = (
    rule("ordinal", r"(?<!\w)(?i:thứ)\s(?P<it>(?P<n>\d{1,3}))(?!\w|[.,]\d)", _ordinal),
    rule(
        "levels",
        r"(?<!\w)(?P<word>(?i:cấp|lớp|khối))\s(?P<it>(?P<a>\d{1,2})\s?-\s?(?P<b>\d{1,2}))(?!\w|[.,/]\d)",
        _levels,
    ),
    rule("row", r"(?<![\w.,/-])\d{1,4}(?:-\d{1,4}){2,12}(?![\w/-])", _row),
    rule("negative", rf"[-−](?=[\d{AMOUNT}])", _negative),
    rule("compared", rf"(?<![\w{FIGURES}])(?P<it>(?P<sign>>=|<=|[><≥≤~≈±#]))\s?(?=[\d{FIGURES}])", _compared),
    rule("number", rf"{STARTS}{NUMBER}(?!_)(?!{LETTER}(?!{LETTER}))", _quantity, mark=AMOUNT),
    rule("number", r"\d+", _leftover, mark=AMOUNT),
)

BETWEEN: tuple[Rule, ...] = (
    *(rule("range", rf"(?<={mark})(?P<it>\s?(?:-|→|->)\s?)(?={mark})", always("đến")) for mark in ALIKE),
    rule("range", rf"(?<={AMOUNT})(?P<it>\s?-\s?)(?=[{FIGURES}])", always("đến")),
    rule("times", rf"(?<=[{FIGURES}])[xX](?=[{FIGURES}])|(?<=[\w{FIGURES}])\s[xX]\s(?=[{FIGURES}])", always("nhân")),
    rule("ratio", rf"(?<={AMOUNT})[:/](?={AMOUNT})", always("trên")),
    rule("sum", rf"(?<=[{FIGURES}])\s?(?P<it>[+=])\s?(?=[{FIGURES}])", _plus),
)
