"""Whatever an office plans: what the preview shows is what the poles sound, and no two things at once."""

from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from controller.errors.base import LoaError
from devices.protocol.units import DAY
from firmware_sim import runtime
from firmware_sim.settings import SpeakerSettings
from firmware_sim.village.village import Village
from tests.scenario.test_week import DAILY, heard, shown, street_in_turns

RULES = (
    DAILY, {"kind": "weekly", "days": ["thursday", "saturday"]}, {"kind": "lunar", "days": [10, 11, 12]},
    {"kind": "monthly", "days": [19, -1]},
)  # fmt: skip
HOURS = ("04:30", "05:00", "05:00:20", "05:01", "17:00", "21:29:50", "23:59:50")
SPAN = DAY


def planned_by_chance(village: Village, seed: int) -> int:
    """Three to six programmes that get into each other's way, of more that are tried; how many are kept."""
    dice, kept = runtime.dice(f"week/{seed}"), 0
    if dice.random() < 0.5:
        street_in_turns(village)
    if dice.random() < 0.7:
        village.schedule.quiet_hours("21:30", "04:45")
    places = [village.province, *village.communes, *village.places]
    wanted = dice.randint(3, 6)
    while kept < wanted:
        wishes = {
            "rank": dice.choice(("normal", "priority")), "turns": dice.random() < 0.4,
            "max_late_ms": dice.choice((0, 30_000, 600_000)), "repeats": dice.randint(1, 2), "gap_ms": 2_000,
        }  # fmt: skip
        try:
            village.schedule.programme(
                dict(dice.choice(RULES)), *sorted(dice.sample(HOURS, dice.randint(1, 3))),
                bulletin=village.office.bulletin(dice.choice((8.0, 20.0, 45.0)), dice.choice((300, 500))),
                areas=[dice.choice(places)], **wishes,
            )  # fmt: skip
            kept += 1
        except LoaError:
            continue  # never heard, by the rules of the air
    return kept


@pytest.mark.parametrize(
    "seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.rehearse) for seed in range(4, 200))]
)
def test_the_preview_is_what_sounds_whatever_is_planned(seed: int, tmp_path: Path) -> None:
    thinned = SpeakerSettings(probe_thinning=144)
    village = Village(tmp_path, 6, seed=seed, heartbeat_s=21_600, settings=thinned, chunk_bytes=65_536).settle()
    kept = planned_by_chance(village, seed)
    expected = shown(village, SPAN)
    village.run(SPAN / 1e6)
    assert heard(village) == expected and kept >= 3
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for slot in village.schedule.preview(SPAN).slots:
        for device in slot.devices:
            spans[device].append((slot.start_at, slot.ends_at))
    for one in spans.values():
        assert all(end <= begin for (_, end), (begin, _) in pairwise(sorted(one)))
    verdict = village.judged()
    assert verdict.verdict == "clean", verdict.as_json()
