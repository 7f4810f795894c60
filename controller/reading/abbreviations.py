"""Abbreviations of commune life, from the list beside this file; a word in a heading is none."""

import re
from collections.abc import Iterator
from functools import cache

from controller.reading.data import load
from controller.reading.letters import spell
from controller.reading.lexicon import Lexicon
from controller.reading.script import LETTER, WORDS, Rule, Span, always, rule
from controller.reading.syllables import is_syllable

DOT = "."
BEFORE = re.compile(rf"({LETTER}+)[ ,:]{{1,2}}$")
AFTER = re.compile(rf"[ ,:]{{1,2}}({LETTER}+)")
NEAR = 24
NUMBERED = {"P", "Q", "KP", "Kp"}
CODE_DIGITS = re.compile(r"\d{3}")
DOTTED = re.compile(r"[A-ZĐ]")


def in_heading(text: str, start: int, end: int) -> bool:
    """A word in capitals stands beside this one, so the capitals here mean nothing."""
    left = BEFORE.search(text[max(0, start - NEAR) : start])
    right = AFTER.match(text, end, end + NEAR)
    return any(_shouted(beside[1]) for beside in (left, right) if beside)


def _shouted(word: str) -> bool:
    return len(word) > 1 and word.isupper() and is_syllable(word)


def _accept(text: str, start: int, end: int) -> int | None:
    """Not a word of a heading, and not the letters of a code such as "BN1234"."""
    written = text[start:end]
    shouted = written.isupper() and is_syllable(written) and in_heading(text, start, end)
    return None if shouted or (written.isupper() and CODE_DIGITS.match(text, end)) else end


def _accept_title(text: str, start: int, end: int) -> int | None:
    """In front of a name the full stop belongs to the title; one letter alone needs such a name."""
    title = text[start:end].rstrip(DOT)
    stop = end if text[end - 1] == DOT else end + text.startswith(DOT, end)
    named = _is_name(text, stop + text.startswith(" ", stop), title)
    if named and not (len(title) == 1 and in_heading(text, start, end)):
        return stop
    return None if len(title) == 1 or (end != stop and text[end - 1] == DOT) else end


def _is_name(text: str, at: int, title: str) -> bool:
    following = text[at : at + 1]
    return following.isupper() or following == WORDS or (title in NUMBERED and following.isdigit())


@cache
def _known() -> Lexicon:
    listed = load("abbreviations")
    return Lexicon.of(listed["exact"], listed["any_case"])


@cache
def _titles() -> Lexicon:
    return Lexicon.of(load("abbreviations")["before_name"], {})


def _find(text: str) -> Iterator[Span]:
    return _known().find(text, _accept)


def _find_titles(text: str) -> Iterator[Span]:
    return _titles().find(text, _accept_title)


def _dotted(match: re.Match[str]) -> str:
    """ "U.B.N.D" is the same as "UBND"."""
    letters = "".join(DOTTED.findall(match.group()))
    return load("abbreviations")["any_case"].get(letters) or spell(letters)


RULES = (
    rule("abbreviation", r"(?<![\w.])(?:[A-ZĐ]\.){2,8}[A-ZĐ]?(?!\w)", _dotted),
    rule("abbreviation", r"(?<!\w)TT(?=\s(?:số\s)?[\ue000\d])", always("thông tư")),
    Rule("abbreviation", _find),
    Rule("abbreviation", _find_titles),
)
