"""Small rehearsals, whole: the same seed is the same history, parts can be played, and bugs are found."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from firmware_sim.village import planted
from firmware_sim.village.faults.catalogue import PROGRAMMES
from firmware_sim.village.rehearsal import Wish, rehearse

COMMAND = [sys.executable, "-m", "api.cli", "rehearse", "--days", "0.03", "--speakers", "4"]
MIXED = Wish(1, 0.03, 4, plant="wrong_content")
"""Orders get the sound of the one before: three bulletins, of which two are enough."""


def run(*words: str, hashes: str = "0") -> subprocess.CompletedProcess[str]:
    around = os.environ | {"PYTHONHASHSEED": hashes}
    return subprocess.run([*COMMAND, *words], capture_output=True, text=True, timeout=120, check=False, env=around)


def test_the_same_seed_is_the_same_history_in_any_process() -> None:
    told = []
    for hashes in ("1", "2"):
        done = run("--days", "0.02", "--seed", "5", "--faults", "all", "--json", hashes=hashes)
        assert done.returncode == 0, done.stderr
        told.append(json.loads(done.stdout))
        told[-1].pop("wall_s")
    assert told[0] == told[1] and told[0]["digest"] and told[0]["verdict"] == "clean"


def test_a_planted_bug_is_found_made_short_and_told_how_to_run_again(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    done = run("--seed", "1", "--plant", "wrong_content", "--report", str(page))
    assert done.returncode == 1 and "verdict   DIRTY: wrong_content" in done.stdout
    assert "Dirty" in page.read_text("utf-8")
    (again,) = [line for line in done.stderr.splitlines() if line.startswith("again: ")]
    command, _, kept = again.partition(" --only ")
    assert command == "again: loa rehearse --seed 1 --days 0.03 --speakers 4 --plant wrong_content"
    places = [int(place) for place in kept.split(",")]
    assert len(places) == 2
    again_dirty = rehearse(MIXED, tmp_path / "again", [MIXED.history()[place] for place in places])
    assert again_dirty.verdict.counts["wrong_content"]


def test_a_part_of_a_history_can_be_played() -> None:
    done = run("--seed", "1", "--only", "1", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["happenings"], told["orders"], told["verdict"]) == (0, 1, 1, "clean")


@pytest.mark.parametrize(
    ("words", "why"), [(("--plant", "none_of_ours"), "unknown_programme"), (("--only", "0,99"), "not 99")]
)
def test_what_nobody_knows_is_refused_in_words(words: tuple[str, ...], why: str) -> None:
    done = run("--seed", "1", *words)
    assert done.returncode == 1 and why in done.stderr and "Traceback" not in done.stderr


def test_progress_is_told_up_to_the_end(tmp_path: Path) -> None:
    seen: list[float] = []
    outcome = rehearse(Wish(1, 0.01, 2), tmp_path, (), seen.append)
    assert seen == sorted(seen) and 0 < seen[0] < 0.1 and seen[-1] == pytest.approx(1)
    assert (outcome.clean, outcome.played, outcome.figures.orders) == (True, (), 0)


def test_another_seed_is_another_story(tmp_path: Path) -> None:
    wish = Wish(1, 0.01, 2)
    digests = {rehearse(replace(wish, seed=seed), tmp_path / str(seed), ()).digest for seed in (1, 2)}
    assert len(digests) == 2


def test_there_is_a_bug_for_each_set_and_each_names_faults_that_exist(tmp_path: Path) -> None:
    sets = rehearse(Wish(1, 0.01, 2), tmp_path, ()).verdict.sets
    assert set(planted.BUGS) == set(sets)
    assert all(set(bug.faults) <= set(PROGRAMMES) for bug in planted.BUGS.values())
