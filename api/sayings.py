"""What the controller found out, as people read it: reasons and verdicts by their code, in two languages."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from api.problems import Language, Words, read_catalogue
from api.timestamps import to_utc
from scheduler.recurrence.zones import VIETNAM, zone_named

UNSAID = "unsaid"


@cache
def sayings() -> Mapping[str, Words]:
    """Code to words."""
    return {code: Words(**words) for code, words in read_catalogue("sayings.toml").items()}


def said_of(code: str, language: Language, seen: Mapping[str, object] | None = None) -> str:
    """The sentence for a code; what was seen is filled in, instants (`…_at`, us UTC) as clocks in Vietnam show."""
    words = sayings().get(code, sayings()[UNSAID])
    filled = {name: _shown(name, value) for name, value in (seen or {}).items()} | {"code": code}
    return words.said(language, filled) or getattr(sayings()[UNSAID], language).format(code=code)


def clock(at: int) -> str:
    """us UTC as clocks in Vietnam show it."""
    return f"{to_utc(at).astimezone(zone_named(VIETNAM)):%H:%M:%S %d/%m/%Y}"


def _shown(name: str, value: object) -> Any:
    if isinstance(value, int) and (name.endswith("_at") or name == "valid_to"):
        return clock(value)
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
