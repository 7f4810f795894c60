"""Every refusal as the caller reads it, from the catalogue beside this file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Problem:
    """HTTP status and the two titles."""

    status: int
    vi: str
    en: str


UNSAID = "sound_not_made"
"""What is said of a code of the studio that has no words of its own."""


@cache
def catalogue() -> Mapping[str, Problem]:
    """Code to problem."""
    text = files("api").joinpath("problems.toml").read_text("utf-8")
    return {code: Problem(**words) for code, words in tomllib.loads(text).items()}


def problem_of(code: str) -> Problem:
    return catalogue().get(code) or catalogue()[UNSAID]
