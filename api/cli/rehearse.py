"""`loa rehearse`: days of a commune in virtual time, judged; a failing seed is made short."""

import gc
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from api.cli.refusals import in_words
from api.cli.rehearsal_told import Telling
from api.cli.rehearsed import Ending, ended, kinds
from api.cli.screen import fail, log_to_stderr, progress
from controller.runtime import world
from firmware_sim.errors import UnknownProgramme
from firmware_sim.radio.model import RadioModel
from firmware_sim.village.faults.catalogue import named
from firmware_sim.village.happenings import Happening
from firmware_sim.village.planted import BUGS
from firmware_sim.village.rehearsal import Wish
from firmware_sim.village.virtual_time import START

STEPS = 200
YOUNG, MIDDLE, OLD = 100_000, 50, 100
"""Garbage is looked for seldom: nearly nothing here goes in circles."""
YEARS = range(2000, 2098)
"""In which a history may begin: the wire ends with the year 2099."""


@dataclass(frozen=True)
class RehearseWish:
    """What stands on the command line."""

    seed: int
    days: float
    speakers: int
    faults: str
    plant: str
    begin: datetime | None
    model: Path | None
    only: str
    shrink: bool
    as_json: bool
    report: Path | None


def rehearse(asked: RehearseWish) -> int:
    """Exit status 0 only when the judge finds nothing."""
    log_to_stderr(as_json=asked.as_json, level=50)
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    with in_words():
        faults, plant, begin = named(asked.faults), _bug(asked.plant), _begin(asked.begin)
        wish = Wish(asked.seed, asked.days, asked.speakers, faults, plant, begin, asked.model)
        RadioModel.read(wish.model)
        history = wish.history()
        happenings = _chosen(history, asked.only)
        _try_to_write(asked.report)
        started = world.monotonic()
        ending = _run(wish, happenings, asked)
        Telling(wish, happenings, ending, world.monotonic() - started).tell(asked.as_json, asked.report, asked.shrink)
    return 1 if kinds(ending) else 0


def _run(wish: Wish, happenings: tuple[Happening, ...], asked: RehearseWish) -> Ending:
    with progress(quiet=asked.as_json) as bars:
        task = bars.add_task(f"seed {wish.seed}", total=STEPS)
        return ended(wish, happenings, lambda done: bars.update(task, completed=int(done * STEPS)))


def _bug(plant: str) -> str:
    if plant and plant not in BUGS:
        raise UnknownProgramme(fault=plant)
    return plant


def _begin(day: datetime | None) -> int:
    if day is None:
        return START
    if day.year not in YEARS:
        fail(f"--begin: a day of the years {YEARS[0]} to {YEARS[-1]}, not {day:%Y-%m-%d}")
    return int(day.replace(tzinfo=UTC).timestamp()) * 1_000_000


def _chosen(history: tuple[Happening, ...], only: str) -> tuple[Happening, ...]:
    """Those happenings of which the numbers stand in `only`; nothing named: all."""
    known = {str(place) for place in range(len(history))}
    places = {word.strip() for word in only.split(",") if word.strip()}
    if places - known:
        fail(f"--only: numbers from 0 to {len(history) - 1}, not {', '.join(sorted(places - known))}")
    return tuple(one for place, one in enumerate(history) if str(place) in places) if places else history


def _try_to_write(file: Path | None) -> None:
    """OSError now, not after the whole run."""
    if file is not None:
        new = not file.exists()
        file.open("a").close()
        if new:
            file.unlink()
