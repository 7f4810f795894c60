"""The office's calendar: programmes, and the hours in which nothing sounds."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from controller.errors.base import LoaError
from controller.programmes.reading import EPOCH
from devices.errors import AreaEnded
from firmware_sim.village.deeds.register import deed
from firmware_sim.village.deeds.stage import Stage
from scheduler.recurrence.walltime import shown
from scheduler.recurrence.zones import VIETNAM, zone_named

DAYS: Mapping[str, dict[str, object]] = {
    "daily": {"kind": "daily"}, "for_days": {"kind": "daily"},
    "working": {"kind": "daily"}, "not_on_holidays": {"kind": "daily"},
    "weekly": {"kind": "weekly", "days": ["tuesday", "friday", "sunday"]}, "moon": {"kind": "lunar", "days": [1, 15]},
    "tet": {"kind": "lunar", "days": [1, 2, 3], "months": [1]}, "month": {"kind": "monthly", "days": [1, -1]},
}  # fmt: skip
"""When a programme of a history sounds."""
ONLY_ON = {"working": "working_days", "not_on_holidays": "no_holidays"}
FOR_DAYS = timedelta(days=2)
"""How long after the story begins the last day of such a programme is: a plan holds more than the story sees, and
not a week of it in each of a thousand stories."""


@deed
def programme(
    stage: Stage, number: int, seconds: float, pitch: float, days: str, after: tuple[int, ...], part: str, place: int,
    late_ms: int,
) -> None:  # fmt: skip
    """`after`: its times, as minutes after the clock time at which the story begins."""
    areas, devices = stage.target(part, place)
    bulletin = stage.village.office.bulletin(seconds, pitch)
    try:
        stage.programmes[number] = stage.village.schedule.programme(
            DAYS[days],
            *_walls(stage, after),
            bulletin=bulletin,
            areas=areas,
            devices=devices,
            max_late_ms=late_ms,
            only_on=ONLY_ON.get(days, "all_days"),
            last=f"{_begin(stage) + FOR_DAYS:%Y-%m-%d}" if days == "for_days" else None,
        )
    except LoaError:
        stage.refused += 1


@deed
def retold(stage: Stage, number: int, seconds: float, pitch: float) -> None:
    """The programme says something else from now on; refused where it is for an area that is no more, which only one
    that was for nobody is."""
    if number in stage.programmes:
        content = {"kind": "bulletin", "bulletin": stage.village.office.bulletin(seconds, pitch)}
        try:
            stage.village.schedule.change(stage.programmes[number], content=content)
        except (LoaError, AreaEnded):
            stage.refused += 1


@deed
def ended(stage: Stage, number: int) -> None:
    if number in stage.programmes:
        stage.village.schedule.end(stage.programmes[number])


@deed
def night(stage: Stage, begin: str, end: str) -> None:
    """The province is silent in these hours of the clock."""
    stage.village.schedule.quiet_hours(begin, end)


def _walls(stage: Stage, after: tuple[int, ...]) -> list[str]:
    return sorted({f"{_begin(stage) + timedelta(minutes=minutes):%H:%M}" for minutes in after})


def _begin(stage: Stage) -> datetime:
    return shown(EPOCH + timedelta(microseconds=stage.village.begin), zone_named(VIETNAM))
