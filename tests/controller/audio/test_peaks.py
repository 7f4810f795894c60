"""True peaks agree with a slow, independent oversampler; the limiter holds them without being heard."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import firwin, lfilter, resample_poly

from controller.audio.limiter import limit
from controller.audio.peaks import REACH, Samples, loudest_places, places_above, true_peaks
from tests.controller.audio.zoo import RATE, Sound, noise, speech_like, tone

CEILING = 10 ** (-1 / 20)


def oversampled_peak(sound: Sound | Samples) -> float:
    """Greatest size of the sound between its samples, eight times oversampled by another filter."""
    quiet = np.zeros(200)
    return float(np.abs(resample_poly(np.concatenate([quiet, sound, quiet]).astype(float), 8, 1)).max())


def voice_band(sound: Sound) -> Sound:
    return np.asarray(lfilter(firwin(301, 10_000, fs=RATE), 1, sound))


def limited(sound: Sound, block: int = RATE, ceiling: float = CEILING) -> Samples:
    samples = sound.astype(np.float32)
    blocks = [samples[start : start + block] for start in range(0, len(samples), block)]
    return np.concatenate([np.zeros(0, np.float32), *limit(blocks, RATE, ceiling)])


SOUNDS = {
    "voice": 4 * speech_like(3),
    "noise": voice_band(noise(3, level=0.5)),
    "tone": tone(2, level=1.7),
    "quarter of the rate": 1.3 * np.sin(np.pi / 2 * np.arange(RATE) + np.pi / 4) * np.hanning(RATE) ** 0.1,
    "bursts": voice_band(tone(3, level=0.1) * np.where(np.arange(3 * RATE) % 5000 < 300, 20, 1)),
    "clicks": voice_band(np.where(np.arange(2 * RATE) % 3001 == 0, 3.0, 0.0)),
    "square": voice_band(np.sign(tone(2, hertz=110))),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_peaks_between_samples_are_found(name: str) -> None:
    sound = SOUNDS[name].astype(np.float32)
    padded = np.pad(sound, REACH)
    expected = oversampled_peak(sound)
    assert true_peaks(padded, places_above(padded, 0.5)).max() == pytest.approx(expected, rel=0.01)
    assert true_peaks(padded, loudest_places(padded, 0.5, 256)).max() == pytest.approx(expected, rel=0.01)


def test_a_sample_peak_would_miss_three_decibels() -> None:
    sound = SOUNDS["quarter of the rate"]
    assert np.abs(sound).max() == pytest.approx(1.3 * np.sqrt(0.5), rel=0.01)
    padded = np.pad(sound.astype(np.float32), REACH)
    assert true_peaks(padded, places_above(padded, 1.0)).max() == pytest.approx(1.3, rel=0.01)


@pytest.mark.parametrize("name", SOUNDS)
def test_the_ceiling_holds_when_measured_by_another_oversampler(name: str) -> None:
    assert oversampled_peak(SOUNDS[name]) > 1.02
    assert 20 * np.log10(oversampled_peak(limited(SOUNDS[name])) / CEILING) < 0.05


def test_what_lies_below_the_ceiling_is_not_touched() -> None:
    sound = tone(2, level=0.8)
    assert np.array_equal(limited(sound), sound.astype(np.float32))


def test_the_gain_is_down_before_the_crest_and_back_soon_after() -> None:
    sound = tone(2, level=0.2)
    sound[RATE : RATE + 240] *= 10
    gain = limited(sound)[10::24] / sound[10::24].astype(np.float32)
    assert gain[: 1000 - 15] == pytest.approx(1, abs=1e-3)
    assert gain[1005] < 0.5
    assert gain[1400:] == pytest.approx(1, abs=1e-3)
    assert np.abs(np.diff(gain)).max() < 0.2


@settings(max_examples=25, deadline=None)
@given(
    cuts=st.lists(st.integers(1, 9000), min_size=1, max_size=12),
    length=st.integers(0, 20_000),
    seed=st.integers(0, 99),
)
def test_the_cut_into_blocks_is_never_heard(cuts: list[int], length: int, seed: int) -> None:
    sound = noise(1, level=0.6, seed=seed)[:length].astype(np.float32)
    whole = np.concatenate([np.zeros(0, np.float32), *limit([sound], RATE, CEILING)])
    pieces = np.split(sound, np.minimum(np.cumsum(cuts), length))
    cut = np.concatenate([np.zeros(0, np.float32), *limit(pieces, RATE, CEILING)])
    assert len(cut) == length
    assert np.allclose(cut, whole, atol=1e-6)
