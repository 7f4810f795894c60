"""Loudness as an independent scanner reads it; short, faint and half-silent sounds included."""

from pathlib import Path

import numpy as np
import pytest

from controller.audio.loudness import NOTHING_LUFS, integrated, level, power
from controller.audio.pipeline import check
from controller.audio.tools import AudioTools
from tests.controller.audio.zoo import Maker, noise, save, speech_like, tone


def test_a_steady_loudness_is_its_own() -> None:
    assert integrated(np.full(50, -23.0), 5.0) == pytest.approx(-23)


def test_pauses_are_gated_out() -> None:
    assert integrated(np.array([-20.0] * 30 + [NOTHING_LUFS] * 70), 10.0) == pytest.approx(-20)
    assert integrated(np.array([-20.0] * 30 + [-40.0] * 70), 10.0) == pytest.approx(-20, abs=0.01)


def test_the_relative_gate_is_ten_below_the_ungated_mean() -> None:
    mean = level(float(power(np.array([-20.0, -26.0])).mean()))
    assert integrated(np.array([-20.0] * 20 + [-26.0] * 20), 4.0) == pytest.approx(mean)


def test_nothing_has_no_loudness() -> None:
    assert integrated(np.array([]), 0.0) is None
    assert integrated(np.full(10, -71.0), 1.0) is None


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("kind", ["tone", "noise", "voice"])
def test_it_agrees_with_another_scanner(kind: str, channels: int, maker: Maker, tools: AudioTools) -> None:
    sound = {"tone": tone(4), "noise": noise(4), "voice": speech_like(4)}[kind]
    wav = save(maker.folder / "a.wav", *[sound] * channels)
    report, (lufs, peak) = check(wav, tools), maker.loudness(wav)
    assert report.lufs == pytest.approx(lufs, abs=0.1)
    assert report.true_peak_db == pytest.approx(peak, abs=0.35)


def test_a_mean_of_squares_would_read_wrong(maker: Maker, tools: AudioTools) -> None:
    """The reason for all this: bass and pauses move a plain mean by decibels, not the loudness."""
    voice = speech_like(4)
    with_pause = np.concatenate([voice, np.zeros(len(voice))])
    rumbling = voice + tone(4, hertz=25, level=0.2)
    plain = check(save(maker.folder / "a.wav", voice), tools).lufs
    for changed in (with_pause, rumbling):
        assert check(save(maker.folder / "b.wav", changed), tools).lufs == pytest.approx(plain, abs=0.5)
        assert abs(10 * np.log10(np.mean(changed**2) / np.mean(voice**2))) > 1


@pytest.mark.parametrize("seconds", [0.06, 0.1, 0.3, 0.39, 0.41, 0.7])
def test_a_short_clip_is_as_loud_as_a_long_one(seconds: float, tmp_path: Path, tools: AudioTools) -> None:
    short = check(save(tmp_path / "short.wav", tone(seconds, hertz=1000)), tools)
    long = check(save(tmp_path / "long.wav", tone(3, hertz=1000)), tools)
    assert short.lufs == pytest.approx(long.lufs, abs=0.6)


@pytest.mark.parametrize("level_db", [-100.0, -90.0])
def test_a_muted_line_is_silence(level_db: float, tmp_path: Path, tools: AudioTools) -> None:
    muted = check(save(tmp_path / "muted.wav", noise(3, level=10 ** (level_db / 20))), tools)
    assert (muted.verdict, muted.silent, muted.lufs) == ("reject", True, None)
    assert [reason.code for reason in muted.reasons] == ["silent_audio"]


def test_what_no_horn_can_sound_is_silence(tmp_path: Path, tools: AudioTools) -> None:
    fading = tone(3, hertz=18_000, rate=48_000) * np.hanning(3 * 48_000)
    whistle = check(save(tmp_path / "bat.wav", fading, rate=48_000), tools)
    assert whistle.silent
    assert whistle.lufs is not None and whistle.lufs > -30


def test_a_faint_recording_is_taken_with_a_warning(tmp_path: Path, tools: AudioTools) -> None:
    faint = check(save(tmp_path / "faint.wav", speech_like(3, level=0.002)), tools)
    assert (faint.verdict, faint.silent, faint.warnings) == ("accept", False, ("very_quiet",))
