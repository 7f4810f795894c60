"""The radio model in a rehearsal: its cuts break links, its clocks run, its operators and cells are there."""

from dataclasses import replace
from pathlib import Path

import pytest

from devices.protocol.units import MILLI, MINUTE, SECOND
from firmware_sim.radio.model import OWN, RadioModel
from firmware_sim.runtime import dice
from firmware_sim.village.coverage import link
from firmware_sim.village.cuts import Cuts
from firmware_sim.village.deeds.stage import Stage
from firmware_sim.village.happenings import Happening
from firmware_sim.village.hostility import Hostility
from firmware_sim.village.rehearsal import Wish, rehearse
from firmware_sim.village.village import Village

WISH = Wish(1, 0.01, 2)
OTHERS = {
    "cuts": (("mean_between_s = 600.0", "mean_between_s = 20.0"), ("mean_outage_s = 20.0", "mean_outage_s = 300.0")),
    "drift": (("drift_ppm = 50.0", "drift_ppm = 1000.0"),),
    "swing": (("swing_ppm = [0.5, 3.0]", "swing_ppm = [200.0, 300.0]"),),
    "delays": (("base_ms = 20.0", "base_ms = 200.0"),),
}


def model(folder: Path, *changes: tuple[str, str]) -> Path:
    text = OWN.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = folder / "radio.toml"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize("name", OTHERS)
def test_every_part_of_the_model_tells_in_a_rehearsal(name: str, tmp_path: Path) -> None:
    file = model(tmp_path, *OTHERS[name])
    own, other = rehearse(WISH, tmp_path / "own"), rehearse(replace(WISH, model=file), tmp_path / "other")
    assert own.digest != other.digest
    assert own.clean and other.clean


def test_cuts_come_as_often_as_the_model_says_thinned_and_end_by_themselves(tmp_path: Path) -> None:
    radio = RadioModel.read(model(tmp_path, *OTHERS["cuts"]))
    village = Village(tmp_path / "village", speakers=6, radio=radio).settle()
    stage = Stage(village, Hostility(village))
    end = village.time.now + 60 * MINUTE
    Cuts(stage, radio, 2, end).begin()
    village.run(3_600)
    assert 30 < stage.cuts < 100, "one in 340 s at each of six: 64"
    away = [pole for pole in village.poles if not pole.client.up]
    assert away
    village.run(3_600)
    assert all(pole.client.up for pole in village.poles)


def test_a_link_that_breaks_comes_back_by_itself_but_not_into_a_storm(village: Village) -> None:
    stage = Stage(village, Hostility(village))
    for number, deed, of in ((1, "radio_lost", ((1,),)), (2, "faded", ((0, 1), 30 * SECOND))):
        stage.play(Happening(number, deed, of), dice(1))
    village.run(29)
    assert [pole.client.up for pole in village.poles] == [False, False]
    village.run(6)
    assert [pole.client.up for pole in village.poles] == [True, False], "a storm is no cut"
    assert all(any(end - begin >= 30 * SECOND for begin, end in pole.troubles) for pole in village.poles)
    stage.play(Happening(3, "radio_back", ((1,),)), dice(1))
    village.run(5)
    assert [pole.client.up for pole in village.poles] == [True, True]


def test_some_speakers_have_another_operator_and_some_hamlets_a_congested_cell() -> None:
    """By what their ways lean: 4 ms in a cell at rest, twice that in a congested one, anything by another operator."""
    own = RadioModel.read()
    leans = [sorted(link(own, 1, f"{hamlet}/{place}", hamlet).lean for place in range(10)) for hamlet in range(100)]
    assert 3 <= sum(hamlet[5] > 6 * MILLI for hamlet in leans) <= 20
    apart = sum(abs(lean - hamlet[5]) > 3 * MILLI for hamlet in leans for lean in hamlet)
    assert 30 <= apart <= 130
