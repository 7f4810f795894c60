"""Sentences of `loa device`, said in Vietnamese and in English."""

from typing import NoReturn

from api.cli import phrases
from api.cli.screen import fail, say

FILE = "device_words"


def tell(sentence: str, /, **filled: object) -> None:
    for line in phrases.in_both(FILE, sentence, **filled):
        say(line)


def refuse(sentence: str, /, **filled: object) -> NoReturn:
    """End the command with it."""
    fail("\n".join(phrases.in_both(FILE, sentence, **filled)))


def both(sentence: str, /, **filled: object) -> str:
    """On one line."""
    return " / ".join(phrases.in_both(FILE, sentence, **filled))
