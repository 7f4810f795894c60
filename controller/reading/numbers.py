"""Numbers in Vietnamese words: "mốt, tư, lăm, linh, mươi" where a speaker says them. Pure words, no text."""

import re
from functools import lru_cache

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
ORDINALS = {"1": "nhất", "2": "hai", "4": "tư"}
LONGEST_PLAIN = 9
"""A longer row of digits without separators is a code, not a quantity."""

NUMBER = (
    r"(?:\d{1,3}(?:\.\d{3}){1,6}(?:,\d{1,9})?|\d{1,3}(?:,\d{3}){2,6}(?:\.\d{1,9})?|\d{1,15}(?:[.,]\d{1,9})?)"
    r"(?!\d|[.,]\d)"
)
"""A number as an officer types it: "1.234.567,5", "1,234,567", "3,5", "2026"."""

STARTS = r"(?<!\w)(?<!\d[.,])"
"""In front of a number: neither a letter or digit, nor the first part of a longer number."""

GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
BELOW_ONE = re.compile(r"0\.\d{3}")
ENGLISH = re.compile(r"\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?")


@lru_cache(maxsize=8192)
def cardinal(digits: str) -> str:
    """A whole number of any length in words: "2005" is "hai nghìn không trăm linh năm"."""
    digits = digits.lstrip("0") or "0"
    if digits == "0":
        return DIGITS[0]
    first = len(digits) % 9 or 9
    words = _below_billion(digits[:first], False)
    for at in range(first, len(digits), 9):
        words += " tỷ" + _spaced(_below_billion(digits[at : at + 9], True))
    return words


def digit_by_digit(digits: str) -> str:
    """Each digit by its name: "113" is "một một ba"."""
    return " ".join(DIGITS[int(digit)] for digit in digits)


def in_groups(digits: str, size: int = 3) -> str:
    """Digit by digit with a pause after each group; no digit is left alone at the end."""
    last = max(0, len(digits) - size - 1) // size * size if len(digits) % size == 1 else len(digits)
    groups = [digits[at : at + size] for at in range(0, last, size)]
    return ", ".join(map(digit_by_digit, filter(None, (*groups, digits[last:]))))


def ordinal(digits: str) -> str:
    """What follows "thứ": "1" is "nhất", "4" is "tư"."""
    return ORDINALS.get(digits.lstrip("0")) or cardinal(digits)


def month(digits: str) -> str:
    """What follows "tháng": the fourth is "tư"."""
    return "tư" if int(digits) == 4 else cardinal(digits)


def label(digits: str) -> str:
    """The number of a thing, not a quantity: with leading zeros or from ten digits on digit by digit."""
    if len(digits) > 1 and digits.startswith("0"):
        return digit_by_digit(digits)
    return in_groups(digits) if len(digits) > LONGEST_PLAIN else cardinal(digits)


def number(written: str, *, quantity: bool = True) -> str:
    """A number as typed, in words; of a `quantity` a leading zero ("05 hộ") is not said."""
    if ENGLISH.fullmatch(written):
        written = written.translate({ord(","): ".", ord("."): ","})
    if GROUPED.fullmatch(written) and not BELOW_ONE.fullmatch(written):
        written = written.replace(".", "")
    whole, comma, fraction = written.replace(".", ",").partition(",")
    words = cardinal(whole) if quantity or comma else label(whole)
    return f"{words} phẩy {_fraction(fraction)}" if comma else words


def _fraction(digits: str) -> str:
    plain = len(digits) <= 2 and not digits.startswith("0")
    return cardinal(digits) if plain else digit_by_digit(digits)


def _below_billion(digits: str, led: bool) -> str:
    """Up to nine digits; `led` when a billion stands before, so that a missing hundred is said."""
    groups = [digits[max(0, end - 3) : end] for end in range(len(digits), 0, -3)]
    words: list[str] = []
    for power in range(len(groups) - 1, -1, -1):
        if int(groups[power]):
            words.append(_below_thousand(groups[power], led or bool(words)) + ("", " nghìn", " triệu")[power])
    return " ".join(words)


def _below_thousand(digits: str, led: bool) -> str:
    hundreds, tens, units = (int(digit) for digit in digits.zfill(3))
    words = [f"{DIGITS[hundreds]} trăm"] if hundreds or led else []
    if tens == 0 and units:
        words.append(f"linh {DIGITS[units]}" if words else DIGITS[units])
    elif tens:
        words.append(("mười" if tens == 1 else f"{DIGITS[tens]} mươi") + _spaced(_unit(tens, units)))
    return " ".join(words)


def _unit(tens: int, units: int) -> str:
    if units == 0:
        return ""
    if units == 5:
        return "lăm"
    if tens > 1 and units in (1, 4):
        return "mốt" if units == 1 else "tư"
    return DIGITS[units]


def _spaced(words: str) -> str:
    return f" {words}" if words else ""
