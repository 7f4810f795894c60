"""The room's own lists, read from the files beside the code once and kept."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files


@cache
def load(name: str) -> Mapping[str, Mapping[str, str]]:
    """The sections of one list, such as "units"; each maps what is written to what is spoken."""
    return tomllib.loads(files(__package__ or "").joinpath(f"{name}.toml").read_text("utf-8"))


def one_of(written: Iterable[str]) -> str:
    """A pattern for any of these words, the longest first, taken literally."""
    return "(?:" + "|".join(sorted(map(re.escape, written), key=len, reverse=True)) + ")"
