"""The chime is pleasant and fits the bulletin; the siren is neither; leading silence is found anywhere."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from controller.audio.clip import closing_chime, leading_silence, opening_chime, siren
from controller.audio.pipeline import alert_tone
from controller.audio.tools import AudioTools
from controller.audio.wavefile import FULL_SCALE, Pcm
from tests.controller.audio.zoo import RATE, Maker, Sound, load, noise, save, tone


def strongest_hertz(clip: Pcm, start: float, seconds: float = 0.3) -> float:
    part = clip[int(start * RATE) : int((start + seconds) * RATE)] * np.hanning(int(seconds * RATE))
    return float(np.argmax(np.abs(np.fft.rfft(part, 8 * RATE)))) / 8


def test_three_notes_rise_before_and_fall_after() -> None:
    opening = [strongest_hertz(opening_chime(), start) for start in (0.05, 0.47, 0.89)]
    closing = [strongest_hertz(closing_chime(), 0.5 + start) for start in (0.05, 0.47, 0.89)]
    assert opening == pytest.approx([261.6, 329.6, 392.0], abs=1)
    assert closing == pytest.approx(opening[::-1], abs=1)


def test_a_chime_is_as_loud_as_speech_and_below_the_ceiling(maker: Maker) -> None:
    for chime in (opening_chime(), closing_chime()):
        lufs, peak = maker.loudness(save(maker.folder / "chime.wav", chime / FULL_SCALE))
        assert lufs == pytest.approx(-16, abs=0.3)
        assert peak < -2.4


def test_a_chime_begins_and_ends_in_silence() -> None:
    opening, closing = opening_chime(), closing_chime()
    assert abs(int(opening[0])) < 10 and not opening[-RATE // 4 :].any()
    assert abs(int(closing[-1])) < 10 and not closing[: RATE // 4].any()
    assert len(opening) == len(closing) < 3.5 * RATE


def test_the_siren_rises_again_and_again_and_is_no_chime() -> None:
    pitch = [strongest_hertz(siren(), start, 0.1) for start in np.arange(0.05, 2.9, 0.1)]
    rises = [later > earlier * 1.05 for earlier, later in pairwise(pitch)]
    assert 4 <= rises.count(False) <= 6 and rises.count(True) >= 20
    assert min(pitch) > 1.4 * 392 and max(pitch) < 1600
    assert len(siren()) == 3 * RATE


def test_the_alert_tone_is_a_finished_clip(tmp_path: Path, maker: Maker, tools: AudioTools) -> None:
    tone_clip = alert_tone(tmp_path, tools)
    assert np.array_equal(load(tone_clip.wav), siren() / FULL_SCALE)
    assert tone_clip.duration_ms == 3000
    assert maker.loudness(tone_clip.opus)[0] == pytest.approx(-16, abs=0.5)
    assert tone_clip.lufs == pytest.approx(-16, abs=0.3)


def windows(sound: Sound) -> list[np.ndarray[tuple[int], np.dtype[np.float32]]]:
    samples = sound.astype(np.float32)
    return [samples[start : start + 10 * RATE] for start in range(0, len(samples), 10 * RATE)]


@pytest.mark.parametrize("silent_s", [0.0, 0.37, 4.2, 9.995, 10.0, 25.3])
def test_the_first_sound_is_found(silent_s: float) -> None:
    sound = np.concatenate([noise(silent_s, level=1e-4), tone(1)])
    assert leading_silence(windows(sound)) / RATE == pytest.approx(silent_s, abs=0.011)


def test_where_nothing_sounds_nothing_is_cut() -> None:
    assert leading_silence(windows(np.zeros(30 * RATE))) == 0
    assert leading_silence([]) == 0


def test_no_warning_and_no_ffmpeg_on_the_path_are_needed() -> None:
    program = "from controller.audio import clip; print(len(clip.opening_chime()))"
    quiet = subprocess.run(
        [sys.executable, "-W", "always", "-c", program],
        env={"PATH": "/nonexistent"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert quiet.stdout.strip() == str(len(opening_chime()))
    assert "ffmpeg" not in quiet.stderr and "pydub" not in quiet.stderr
