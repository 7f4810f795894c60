"""Sentences about keys, said in Vietnamese and in English: whoever keeps them reads one of the two."""

import tomllib
from functools import cache
from pathlib import Path

from api.cli.screen import say


def tell(sentence: str, **filled: object) -> None:
    """Say it in both languages."""
    for line in in_both(sentence, **filled):
        say(line)


def in_both(sentence: str, **filled: object) -> list[str]:
    return [_words()[sentence][language].format(**filled) for language in ("vi", "en")]


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
