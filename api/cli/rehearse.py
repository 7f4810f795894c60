"""`loa rehearse`: days of a commune in virtual time, judged; a failing seed is made short."""

import gc
import shutil
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from api.cli.refusals import in_words
from api.cli.screen import fail, log_to_stderr, progress, result, result_json, say
from controller.runtime import world
from firmware_sim.errors import UnknownProgramme
from firmware_sim.radio.model import RadioModel
from firmware_sim.village import report
from firmware_sim.village.faults.catalogue import named
from firmware_sim.village.happenings import Happening
from firmware_sim.village.planted import BUGS
from firmware_sim.village.rehearsal import Outcome, Watch, Wish
from firmware_sim.village.rehearsal import rehearse as run
from firmware_sim.village.shrink import shortest
from firmware_sim.village.virtual_time import START

STEPS = 200
YOUNG, MIDDLE, OLD = 100_000, 50, 100
"""Garbage is looked for seldom: nearly nothing here goes in circles."""


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
    if _went_well(wish, happenings, asked):
        return 0
    if asked.shrink:
        _make_short(wish, history, happenings)
    return 1


def _went_well(wish: Wish, happenings: tuple[Happening, ...], asked: RehearseWish) -> bool:
    """Run it and tell of it. A crash of ours is a failing seed too."""
    started = world.monotonic()
    try:
        with progress(quiet=asked.as_json) as bars:
            task = bars.add_task(f"seed {wish.seed}", total=STEPS)
            outcome = _in_a_folder(wish, happenings, lambda done: bars.update(task, completed=int(done * STEPS)))
    except Exception:
        say(f"{traceback.format_exc()}crashed: {report.again(wish, None)}")
        return False
    _tell(outcome, world.monotonic() - started, asked)
    return outcome.clean


def _fails(wish: Wish, happenings: Sequence[Happening]) -> bool:
    try:
        return not _in_a_folder(wish, happenings).clean
    except Exception:
        return True


def _bug(plant: str) -> str:
    if plant and plant not in BUGS:
        raise UnknownProgramme(fault=plant)
    return plant


def _begin(day: datetime | None) -> int:
    return START if day is None else int(day.replace(tzinfo=UTC).timestamp()) * 1_000_000


def _chosen(history: tuple[Happening, ...], only: str) -> tuple[Happening, ...]:
    """Those happenings of which the numbers stand in `only`; nothing named: all."""
    known = {str(place) for place in range(len(history))}
    places = {word.strip() for word in only.split(",") if word.strip()}
    if places - known:
        fail(f"--only: numbers from 0 to {len(history) - 1}, not {', '.join(sorted(places - known))}")
    return tuple(one for place, one in enumerate(history) if str(place) in places) if places else history


def _in_a_folder(wish: Wish, happenings: Sequence[Happening], watch: Watch | None = None) -> Outcome:
    folder = Path(tempfile.mkdtemp(prefix="loa-rehearsal-"))
    try:
        return run(wish, folder, happenings, watch)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _tell(outcome: Outcome, wall_s: float, asked: RehearseWish) -> None:
    if asked.report is not None:
        from firmware_sim.village.page import page

        asked.report.write_text(page(outcome, wall_s), "utf-8")
    if asked.as_json:
        result_json(report.as_json(outcome, wall_s))
        return
    for line in report.in_words(outcome, wall_s):
        result(line)


def _make_short(wish: Wish, history: tuple[Happening, ...], happenings: tuple[Happening, ...]) -> None:
    kept = shortest(happenings, lambda part: _fails(wish, part))
    places = report.numbered(history, kept)
    say(f"the shortest history found that fails ({len(kept)} of {len(happenings)} happenings):")
    for place, one in places.items():
        say(f"{place:5} {one}")
    say(f"again: {report.again(wish, places)}")
