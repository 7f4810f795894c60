"""Sentences about keys, said in Vietnamese and in English: whoever keeps them reads one of the two."""

from pathlib import Path

from api.cli import phrases
from api.cli.screen import say


def tell(sentence: str, /, **filled: object) -> None:
    """Say it in both languages."""
    for line in in_both(sentence, **filled):
        say(line)


def in_both(sentence: str, /, **filled: object) -> list[str]:
    return phrases.in_both("key_words", sentence, **filled)


def introduce_root(file: Path, passphrase: str) -> None:
    """A root key is being made under a passphrase that was drawn for it."""
    tell("root_made", file=file, passphrase=passphrase)
