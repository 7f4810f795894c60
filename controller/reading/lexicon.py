"""Finds written forms in a text: literal, at word boundaries, the longest first, in one pass."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from controller.reading.script import Span

LETTERS_OF_A_HEAD = 3

Accept = Callable[[str, int, int], int | None]
"""Given text, start and end: the end to read up to, or None to pass this place by."""


@dataclass(frozen=True)
class Lexicon:
    """Written forms and what is said for them; build with `of`."""

    exact: Mapping[str, str]
    folded: Mapping[str, str]
    lengths: Mapping[str, tuple[int, ...]]
    """By the first letters of a form in small letters: the lengths to try, longest first."""
    starts: re.Pattern[str]
    """Where a form may begin: with a letter or digit that goes on with no word, or with a sign."""

    @classmethod
    def of(cls, exact: Mapping[str, str], any_case: Mapping[str, str]) -> "Lexicon":
        """From forms that must be written so, and forms that may be in capitals or small letters."""
        folded = {fold(written): spoken for written, spoken in any_case.items() if written}
        lengths: dict[str, set[int]] = defaultdict(set)
        for written in (*map(fold, exact), *folded):
            for size in range(1, min(len(written), LETTERS_OF_A_HEAD) + 1):
                if size in (LETTERS_OF_A_HEAD, len(written)):
                    lengths[written[:size]].add(len(written))
        ordered = {head: tuple(sorted(of, reverse=True)) for head, of in lengths.items()}
        return cls(exact, folded, ordered, _starts({head[0] for head in lengths}))

    def find(self, text: str, accept: Accept | None = None) -> Iterator[Span]:
        """Every place that is written so, from left to right, without overlap."""
        small = fold(text)
        at = 0
        while (start := self.starts.search(small, at)) is not None:
            found = self._longest(text, small, start.start(), accept)
            if found is not None:
                yield found
            at = found.end if found else start.end()

    def _longest(self, text: str, small: str, start: int, accept: Accept | None) -> Span | None:
        for size in range(LETTERS_OF_A_HEAD, 0, -1):
            for length in self.lengths.get(small[start : start + size], ()):
                end = start + length
                spoken = self._spoken(text[start:end], small[start:end])
                if spoken is None or end > len(text) or not _ends(text, end):
                    continue
                until = accept(text, start, end) if accept else end
                if until is not None:
                    return Span(start, until, spoken)
        return None

    def _spoken(self, written: str, small: str) -> str | None:
        spoken = self.exact.get(written)
        return self.folded.get(small) if spoken is None else spoken


def fold(text: str) -> str:
    """Small letters, each in the place of the one it was."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _starts(first: set[str]) -> re.Pattern[str]:
    signs = "".join(re.escape(sign) for sign in first if not sign.isalnum())
    letters = "".join(letter for letter in first if letter.isalpha())
    digits = "".join(digit for digit in first if digit.isdecimal())
    ways = ((r"(?<![^\W\d_])", letters), (r"(?<![^\W_])", digits), ("", signs))
    return re.compile("|".join(f"{behind}[{chars}]" for behind, chars in ways if chars) or "(?!)")


def _ends(text: str, end: int) -> bool:
    """No word and no number goes on here; a number may follow a word ("KP3")."""
    last, following = text[end - 1], text[end : end + 1]
    if last.isalpha():
        return not following.isalpha()
    return not (last.isalnum() and following.isalnum())
