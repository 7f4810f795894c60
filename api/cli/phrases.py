"""Sentences of commands in Vietnamese and in English, from the files beside this one."""

import tomllib
from functools import cache
from pathlib import Path


def in_both(catalogue: str, sentence: str, /, **filled: object) -> list[str]:
    """One sentence of a catalogue, in each language; names in braces are filled in."""
    return [_words(catalogue)[sentence][language].format(**filled) for language in ("vi", "en")]


@cache
def _words(catalogue: str) -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name(f"{catalogue}.toml").read_text("utf-8"))
