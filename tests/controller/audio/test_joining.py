"""Members joined into one sound: as long as their sum, as loud as promised, in order, and never held in memory."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from controller.audio.clip import opening_chime
from controller.audio.joining import PAUSE_S, join
from controller.audio.pipeline import render
from controller.audio.tools import AudioTools
from controller.audio.wavefile import RATE
from controller.runtime.studio import SoundStudio
from tests.controller.audio.test_render import CHIMES_S, assert_heard_as_rendered
from tests.controller.audio.zoo import load, noise, save, speech_like, tone


def members(folder: Path, tools: AudioTools) -> list[Path]:
    """Rendered bulletins of several levels and lengths."""
    made = []
    for number, (seconds, level) in enumerate([(4.0, 0.02), (7.0, 0.3), (3.0, 0.1)]):
        home = folder / str(number)
        home.mkdir()
        source = save(home / "source.wav", speech_like(seconds, level, seed=number))
        made.append(render(source, home, tools, chime=False).wav)
    return made


@pytest.mark.parametrize("chime", [False, True])
def test_a_playlist_is_as_loud_and_as_long_as_promised(tools: AudioTools, tmp_path: Path, chime: bool) -> None:
    parts = members(tmp_path, tools)
    take = SoundStudio(tmp_path).from_members(parts, chime=chime, folder=tmp_path)
    spoken = sum(len(load(part)) for part in parts) / RATE
    between = 2 * (PAUSE_S + (len(opening_chime()) / RATE if chime else 0))
    around = CHIMES_S if chime else 0
    assert take.duration_ms / 1000 == pytest.approx(spoken + between + around, abs=0.2)
    assert take.lufs == pytest.approx(-16, abs=1)
    made = render(take.wav, tmp_path, tools, chime=False)
    assert made.true_peak_db < -2.4
    assert_heard_as_rendered(made)


def test_members_sound_in_order_with_silence_between(tmp_path: Path) -> None:
    parts = [save(tmp_path / f"{pitch}.wav", tone(2.0, pitch)) for pitch in (440, 880)]
    written = join(parts, tmp_path / "joined.wav", chime=False)
    sound = load(tmp_path / "joined.wav")
    assert written.frames == len(sound) == round((4 + PAUSE_S) * RATE)
    pause = sound[2 * RATE : round((2 + PAUSE_S) * RATE)]
    assert not pause.any()
    for begin, pitch in ((0, 440), (2 + PAUSE_S, 880)):
        piece = sound[round(begin * RATE) :][: 2 * RATE]
        assert np.argmax(np.abs(np.fft.rfft(piece))) / 2 == pytest.approx(pitch, abs=1)


def test_an_hour_is_never_held(tmp_path: Path) -> None:
    part = save(tmp_path / "part.wav", noise(60.0, 0.1))
    tracemalloc.start()
    written = join([part] * 20, tmp_path / "joined.wav", chime=False)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert written.frames > 20 * 60 * RATE
    assert peak < 16 * 1024 * 1024, "twenty minutes are 57 MB"
