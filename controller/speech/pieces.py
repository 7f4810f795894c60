"""A text cut into sentences, each with the pause behind it, so that a long one is spoken piece by piece."""

import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 400
"""Letters that one piece may have; a longer sentence is cut at a comma or between words."""
SENTENCE_MS = 400
LINE_MS = 700
COMMA_MS = 200
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


class Piece(NamedTuple):
    """A few words and the silence behind them at rate 1.0, in ms."""

    text: str
    pause_ms: int


def pieces(text: str) -> Iterator[Piece]:
    """All words of the text in order; one that has no letter or digit goes with its punctuation."""
    for line in text.splitlines():
        sentences = [sentence for sentence in SENTENCE_END.split(line.strip()) if _has_words(sentence)]
        for number, sentence in enumerate(sentences, 1):
            yield from _cut(sentence, LINE_MS if number == len(sentences) else SENTENCE_MS)


def _cut(sentence: str, pause_ms: int) -> Iterator[Piece]:
    while len(sentence) > LONGEST:
        at, pause = _place_to_cut(sentence)
        if _has_words(sentence[:at]):
            yield Piece(sentence[:at].strip(), pause)
        sentence = sentence[at:].lstrip()
    if _has_words(sentence):
        yield Piece(sentence, pause_ms)


def _place_to_cut(sentence: str) -> tuple[int, int]:
    """Behind the last comma that fits, else the last space, else in the middle of what is no word."""
    comma = max(sentence.rfind(mark, 0, LONGEST) for mark in (", ", "; ", ": ")) + 1
    if comma > 0:
        return comma, COMMA_MS
    space = sentence.rfind(" ", 1, LONGEST)
    return (space, 0) if space > 0 else (LONGEST, 0)


def _has_words(text: str) -> bool:
    return any(char.isalnum() for char in text)
