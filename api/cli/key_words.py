"""Sentences about keys, said in Vietnamese and in English: whoever keeps them reads one of the two."""

from api.cli import phrases
from api.cli.screen import say


def tell(sentence: str, /, **filled: object) -> None:
    """Say it in both languages."""
    for line in in_both(sentence, **filled):
        say(line)


def in_both(sentence: str, /, **filled: object) -> list[str]:
    return phrases.in_both("key_words", sentence, **filled)
