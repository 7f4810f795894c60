"""docs/simulator.md: its fault programme runs as it stands there, and it names every word and option."""

import re
from pathlib import Path
from typing import Any

from typer.main import get_command

from api.cli.main import app
from firmware_sim import runtime
from firmware_sim.village.deeds.catalogue import DEEDS
from firmware_sim.village.faults.catalogue import PROGRAMMES
from firmware_sim.village.happenings import in_time_order
from firmware_sim.village.planted import BUGS
from firmware_sim.village.rehearsal import Wish, rehearse

DOCS = Path(__file__).parents[3] / "docs" / "simulator.md"
WISH = Wish(3, 0.03, 4)


def rehearsal_section() -> str:
    return DOCS.read_text("utf-8").partition("\n## Rehearsal\n")[2].partition("\n## ")[0]


def programme() -> str:
    """The one that it teaches."""
    (taught,) = [block for block in re.findall(r"```python\n(.*?)```", rehearsal_section(), re.S) if "Scene" in block]
    return str(taught)


def test_its_fault_programme_runs_as_it_stands_there(tmp_path: Path) -> None:
    taught: dict[str, Any] = {}
    exec(compile(programme(), str(DOCS), "exec"), taught)  # noqa: S102 - our own page
    drawn = list(taught["roadworks"](WISH.scene, runtime.dice(1)))
    assert drawn and {one.deed for one in drawn} == {"radio_lost", "radio_back"}
    outcome = rehearse(WISH, tmp_path, in_time_order([*WISH.history(), *drawn]))
    assert outcome.clean and len(outcome.played) == len(WISH.history()) + len(drawn)


def test_it_has_ten_lines() -> None:
    assert len([line for line in programme().splitlines() if line.strip()]) == 10


def test_every_word_programme_bug_and_option_is_there() -> None:
    told = set(re.findall(r"`(?:loa rehearse )?(-{0,2}[a-z_-]+)", rehearsal_section()))
    assert told >= {*DEEDS, *PROGRAMMES, *BUGS}
    (command,) = [one for name, one in get_command(app).commands.items() if name == "rehearse"]  # type: ignore[attr-defined]
    options = {name for option in command.params for name in option.opts} - {"--shrink", "--help"}
    assert told >= options
