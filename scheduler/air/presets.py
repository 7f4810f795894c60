"""Rules to begin with, from the list beside this file."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pydantic import TypeAdapter

from scheduler.air.rules import AirRules
from scheduler.recurrence.rules import Rule


class Preset(Rule):
    """Rules with their name, and what they are good for, in both languages."""

    vi: str
    en: str
    vi_why: str
    en_why: str
    rules: AirRules


@cache
def presets() -> Mapping[str, Preset]:
    """Code to preset."""
    said = tomllib.loads(files("scheduler.air").joinpath("presets.toml").read_text("utf-8"))
    return TypeAdapter(dict[str, Preset]).validate_python(said)
