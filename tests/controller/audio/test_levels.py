"""Clipping is reported of the source as it came, and not of sounds that are only loud."""

from pathlib import Path

import numpy as np
import pytest

from controller.audio.levels import LevelMeter, Levels
from controller.audio.pipeline import check
from controller.audio.tools import AudioTools
from tests.controller.audio.zoo import Maker, Sound, save, speech_like, tone


def measured(*channels: Sound, codec: str = "pcm_s16le", chunk: int = 65_536) -> Levels:
    meter = LevelMeter(24_000, len(channels), codec)
    content = np.stack(channels, axis=1).astype("<f4").tobytes()
    for start in range(0, len(content), chunk):
        meter.feed(content[start : start + chunk])
    return meter.levels()


@pytest.mark.parametrize("chunk", [1, 7, 1000, 65_536])
def test_all_samples_count_however_they_come(chunk: int) -> None:
    sound = tone(0.2) if chunk < 10 else tone(2.5)
    assert measured(sound, sound, chunk=chunk).frames == len(sound)


@pytest.mark.parametrize("hertz", [100.0, 440.0, 3000.0])
@pytest.mark.parametrize("codec", ["pcm_s16le", "pcm_u8", "pcm_mulaw"])
def test_a_full_scale_tone_is_not_clipped_but_a_cut_one_is(hertz: float, codec: str) -> None:
    step = 2**-7 if codec == "pcm_u8" else 2**-15

    def stored(sound: Sound) -> Sound:
        return np.asarray(np.clip(np.rint(sound / step) * step, -1, 1 - step))

    assert not measured(stored(tone(1, hertz, level=1.0)), codec=codec).clipped
    if hertz < 1000:
        assert measured(stored(tone(1, hertz, level=2.0)), codec=codec).clipped


def test_one_clipped_channel_is_enough() -> None:
    assert measured(tone(1), np.clip(tone(1, level=2), -1, 1)).clipped
    assert measured(np.clip(speech_like(1, level=0.6), -0.98, 0.98)).clipped


def test_a_square_tone_below_full_scale_is_not_clipping() -> None:
    assert not measured(0.5 * np.sign(tone(1))).clipped


def test_the_peak_at_a_seam_of_two_seconds_is_found() -> None:
    sound = np.zeros(60_000)
    sound[23_995:24_005] = np.array([1, 1, -1, -1, 1, 1, -1, -1, 1, 1]) * 0.7
    late = np.roll(sound, 10_000)
    assert measured(sound).peak == pytest.approx(measured(late).peak, rel=1e-3)


def test_what_is_no_number_is_counted_and_left_out() -> None:
    sound = tone(1)
    sound[[1, 2, 3]] = [np.nan, np.inf, 1e30]
    levels = measured(sound)
    assert levels.damaged == 3
    assert levels.peak == pytest.approx(0.3, rel=0.1)


@pytest.mark.parametrize("kind", ["wav", "mp3", "flac", "ogg", "m4a"])
def test_clipping_shows_through_every_codec(kind: str, maker: Maker, tools: AudioTools) -> None:
    clipped = save(maker.folder / "clipped.wav", speech_like(3, level=0.9))
    clean = save(maker.folder / "clean.wav", speech_like(3, level=0.15))
    assert check(maker.encode(f"clipped_.{kind}", clipped), tools).clipped
    assert not check(maker.encode(f"clean_.{kind}", clean), tools).clipped


def test_floats_above_full_scale_are_called_clipped(maker: Maker, tools: AudioTools) -> None:
    report = check(maker.make("hot.wav", "-af", "volume=30dB", "-c:a", "pcm_f32le"), tools)
    assert report.clipped
    assert report.true_peak_db > 6


def test_the_stronger_channel_is_known(tmp_path: Path) -> None:
    assert measured(tone(1, level=0.1), tone(1, level=0.2)).right_is_stronger
    assert not measured(tone(1, level=0.2), tone(1, level=0.1)).right_is_stronger
