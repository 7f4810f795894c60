"""A bulletin while it is being read: plain text in which every place that is decided is a mark.

Each rule sees the text with marks and yields the places it reads; what one rule decided no later rule
touches. A mark also tells what kind of thing stands there, so that a dash between two times is "đến".
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from controller.reading.normalise import LETTERS

WORDS = "\ue000"
AMOUNT = "\ue001"
DATE = "\ue002"
TIME = "\ue003"
MONEY = "\ue004"
FIGURES = AMOUNT + DATE + TIME + MONEY
MARK = re.compile(f"[{WORDS}{FIGURES}]")

LETTER = r"[^\W\d_]"
"""Any letter, Vietnamese ones too, as part of a pattern."""
VIETNAMESE = f"a-z{LETTERS}A-Z{LETTERS.upper()}"
"""The letters that a voice can say, for use inside brackets."""


class Change(NamedTuple):
    """One place that is read otherwise than it is written: as typed, as spoken, and by which rule."""

    written: str
    spoken: str
    rule: str


class Span(NamedTuple):
    """A place in the text, by offsets, and what is spoken there."""

    start: int
    end: int
    spoken: str


@dataclass(frozen=True)
class Rule:
    """A named way to find places to read, in order and without overlap, and the mark they leave."""

    name: str
    find: Callable[[str], Iterable[Span]]
    mark: str = WORDS


@dataclass(frozen=True)
class Script:
    """Text with marks, and what each mark stands for, in order."""

    text: str
    held: tuple[Change, ...] = ()

    def apply(self, rule: Rule) -> "Script":
        """The script after one rule; a place that holds a mark already is left as it is."""
        pieces: list[str] = []
        held: list[Change] = []
        waiting = iter(self.held)
        at = 0
        for start, end, spoken in rule.find(self.text):
            if start < at or MARK.search(self.text, start, end):
                continue
            gap = self.text[at:start]
            held.extend(islice(waiting, len(MARK.findall(gap))))
            held.append(Change(self.text[start:end], spoken, rule.name))
            pieces += (gap, rule.mark)
            at = end
        held.extend(waiting)
        return Script("".join((*pieces, self.text[at:])), tuple(held))

    def spoken(self) -> str:
        """The text with every mark replaced by its words, set apart from letters beside it."""
        words = iter(self.held)
        pieces: list[str] = []
        at = 0
        for mark in MARK.finditer(self.text):
            pieces += (self.text[at : mark.start()], f" {next(words).spoken} ")
            at = mark.end()
        return "".join((*pieces, self.text[at:]))


Say = Callable[[re.Match[str]], str | None]


def rule(name: str, pattern: str, say: Say, *, mark: str = WORDS, flags: int = 0) -> Rule:
    """A rule by pattern: `say` gives the words, or None to leave the place alone.

    Where the pattern names a group `it`, that part alone is read; the rest is what it stands beside.
    """
    compiled = re.compile(pattern, flags)
    part: str | int = "it" if "it" in compiled.groupindex else 0

    def find(text: str) -> Iterator[Span]:
        for match in compiled.finditer(text):
            spoken = say(match)
            if spoken is not None:
                yield Span(*match.span(part), spoken)

    return Rule(name, find, mark)


def always(words: str) -> Say:
    """The same words wherever the pattern fits."""
    return lambda _: words


def before(match: re.Match[str], reach: int = 24) -> str:
    """The few characters in front of what a rule reads, in lower case."""
    start = match.start("it") if "it" in match.re.groupindex else match.start()
    return match.string[max(0, start - reach) : start].lower()


def after(match: re.Match[str], reach: int = 24) -> str:
    """The few characters behind a match, in lower case."""
    return match.string[match.end() : match.end() + reach].lower()
