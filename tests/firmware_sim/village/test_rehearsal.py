"""Small rehearsals, whole: the same seed is the same history, parts can be played, and bugs are found."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from api.cli.rehearsal_told import Telling
from api.cli.rehearsed import Crash, ended, kinds, shortest_alike
from firmware_sim.village import planted
from firmware_sim.village.faults.catalogue import PROGRAMMES
from firmware_sim.village.happenings import Happening
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
    done = run("--seed", "1", "--plant", "wrong_content", "--report", str(page), "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["verdict"], list(told["findings"])) == (1, "dirty", ["wrong_content"])
    assert "60 runs at most" in done.stderr
    assert "Dirty" in page.read_text("utf-8")
    (again,) = [line for line in done.stderr.splitlines() if line.startswith("again: ")]
    command, _, kept = again.partition(" --only ")
    assert command == "again: loa rehearse --seed 1 --days 0.03 --speakers 4 --plant wrong_content"
    places = [int(place) for place in kept.split(",")]
    assert len(places) == 2
    assert f"again: {told['shortest']['again']}" == again and len(told["shortest"]["happenings"]) == 2
    assert told["again"] == command.removeprefix("again: ")
    again_dirty = rehearse(MIXED, tmp_path / "again", [MIXED.history()[place] for place in places])
    assert again_dirty.verdict.counts["wrong_content"]


def test_a_part_of_a_history_can_be_played() -> None:
    done = run("--seed", "1", "--only", "1", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["happenings"], told["orders"], told["verdict"]) == (0, 1, 1, "clean")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--plant", "none_of_ours"), "unknown_programme"),
        (("--only", "0,99"), "not 99"),
        (("--begin", "2100-01-01"), "2000 to 2097, not 2100-01-01"),
        (("--report", "/nowhere/at/all.html"), "/nowhere/at/all.html No such file or directory"),
    ],
)
def test_what_nobody_knows_is_refused_in_words(words: tuple[str, ...], why: str) -> None:
    done = run("--seed", "1", *words)
    assert done.returncode == 1 and why in done.stderr and "Traceback" not in done.stderr and not done.stdout


def test_a_page_that_cannot_be_written_in_the_end_takes_nothing_with_it() -> None:
    done = run("--days", "0.01", "--report", "/dev/full", "--json")
    assert (done.returncode, json.loads(done.stdout)["verdict"]) == (1, "clean")
    assert "No space left on device" in done.stderr and "Traceback" not in done.stderr


def test_a_full_disk_is_no_failing_seed() -> None:
    """No file may grow beyond 1 MB (in blocks of 512 bytes); the database must."""
    words = ["sh", "-c", 'ulimit -f 2000; exec "$@"', "sh", *COMMAND, "--seed", "1"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1 and "database_error" in done.stderr and "disk I/O error" in done.stderr
    assert not any(word in done.stdout + done.stderr for word in ("Traceback", "crashed", "shorter", "verdict"))


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_and_leaves_nothing_behind(number: int, status: int, tmp_path: Path) -> None:
    around = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen([*COMMAND, "--days", "30"], stderr=subprocess.PIPE, text=True, env=around) as running:
        while running.poll() is None and not list(tmp_path.glob("loa-rehearsal-*")):
            time.sleep(0.05)
        running.send_signal(number)
        _, said = running.communicate(timeout=30)
    assert (running.returncode, list(tmp_path.iterdir())) == (status, []) and "Traceback" not in said


# What falls over


NONSENSE = Happening(1, "no_such_deed")


def test_what_falls_over_is_told_with_the_part_that_was_played(capsys: pytest.CaptureFixture[str]) -> None:
    part = MIXED.history()[1:]
    Telling(MIXED, part, Crash("KeyError", "KeyError: 'x'", "Traceback ...\n"), 1.0).tell(True, None, False)
    told = json.loads(capsys.readouterr().out)
    assert (told["verdict"], told["error"], told["shortest"]) == ("crashed", "KeyError: 'x'", None)
    assert told["again"].endswith("--plant wrong_content --only " + ",".join(map(str, range(1, len(part) + 1))))
    Telling(MIXED, part, Crash("KeyError", "KeyError: 'x'", "Traceback ...\n"), 1.0).tell(False, None, False)
    assert f"crashed: {told['again']}" in capsys.readouterr().err


def test_a_history_is_made_short_towards_the_same_failure_only() -> None:
    """Without the nonsense it fails too, but otherwise."""
    history = (*MIXED.history(), NONSENSE)
    ending = ended(MIXED, history)
    assert kinds(ending) == {"UnknownDeed"} and kinds(ended(MIXED, history[:-1])) == {"wrong_content"}
    assert shortest_alike(MIXED, history, ending, quiet=True) == (NONSENSE,)


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
