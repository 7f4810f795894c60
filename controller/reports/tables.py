"""Lines of a report as a table in one language."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files

from controller.reports.figures import COUNTED, By, Line, Per
from controller.sheets.sheet import Cell, Column, Sheet
from scheduler.recurrence.period import Period

SECOND_MS = 1_000


@cache
def words(language: str) -> Mapping[str, str]:
    """The headings in `vi` or `en`."""
    said: Mapping[str, str] = tomllib.loads(files("controller.reports").joinpath("words.toml").read_text("utf-8"))[
        language
    ]
    return said


def table(found: Iterable[Line], period: Period, by: By, per: Per, language: str) -> Sheet:
    """One row a line; times on the wall of the period's zone."""
    said = words(language)
    return Sheet(said[per], _columns(said, by, per), [_row(line, period, said) for line in found])


def _columns(said: Mapping[str, str], by: By, per: Per) -> list[Column]:
    counts = ("planned", *COUNTED, "planned_s", "heard_s")
    return [
        Column(said[by], by, 11), Column(said[per], width=44), Column(said["kind"], width=11),
        *(Column(said[name], "number", 14) for name in counts),
        Column(said["share"], "share", 12), Column(said["first"], "moment", 20), Column(said["last"], "moment", 20),
    ]  # fmt: skip


def _row(line: Line, period: Period, said: Mapping[str, str]) -> list[Cell]:
    figures = line.figures
    return [
        line.day, line.name or said["single"], said["emergency" if line.emergency else "airing"], figures.planned,
        *(figures.ended[name] for name in COUNTED), figures.planned_ms // SECOND_MS, figures.heard_ms // SECOND_MS,
        figures.share, _wall(figures.first_at, period), _wall(figures.last_at, period),
    ]  # fmt: skip


def _wall(at: int | None, period: Period) -> datetime | None:
    return None if at is None else period.wall(at).replace(microsecond=0)
