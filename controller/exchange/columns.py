"""Which column of a spreadsheet says what: headings in Vietnamese or English, in any order."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from controller.sheets.sheet import Kind
from scheduler.recurrence.folding import folded

NEEDED = frozenset({"title", "days", "times"})
WIDTHS = {"title": 30, "bulletin": 30, "areas": 44, "days": 28, "times": 16, "owner": 30}
KINDS: Mapping[str, Kind] = {
    "first": "day", "last": "day", "volume": "number", "gain": "number", "repeats": "number", "gap": "number",
    "late": "number",
}  # fmt: skip


@cache
def headings() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Field to its headings in each language, in the order in which columns are written."""
    return tomllib.loads(files("controller.exchange").joinpath("columns.toml").read_text("utf-8"))


def heading(name: str, language: str) -> str:
    return headings()[name][language][0]


@cache
def fields() -> Mapping[str, str]:
    """Heading, folded, to field."""
    return {
        folded(one): name for name, said in headings().items() for language in ("vi", "en") for one in said[language]
    }
