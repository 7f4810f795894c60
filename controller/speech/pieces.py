"""A long text in pieces that an engine takes at once, cut where a speaker would breathe."""

import re
from collections.abc import Iterator

MOST_LETTERS = 1_200
_BREATHS = (re.compile(r"(?<=\n)"), re.compile(r"(?<=[.!?;:])\s+"), re.compile(r"(?<=,)\s+"), re.compile(r"\s+"))


def pieces(text: str, most: int = MOST_LETTERS) -> Iterator[str]:
    """Every word of `text`, once and in order, in pieces of at most `most` letters where words allow it."""
    for part in _cut(text, most, _BREATHS):
        if any(letter.isalnum() for letter in part):
            yield part.strip()


def _cut(text: str, most: int, breaths: tuple[re.Pattern[str], ...]) -> Iterator[str]:
    if len(text) <= most or not breaths:
        yield from (text[start : start + most] for start in range(0, len(text), most))
        return
    held = ""
    for part in breaths[0].split(text):
        joined = f"{held} {part}" if held else part
        if len(joined) <= most:
            held = joined
            continue
        if held:
            yield held
        held = part if len(part) <= most else ""
        if not held:
            yield from _cut(part, most, breaths[1:])
    if held:
        yield held
