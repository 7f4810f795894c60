"""Two channels become one, and what is said is never lost in it."""

from pathlib import Path

import numpy as np
import pytest

from controller.audio.mixdown import Mix, choose_mix, loudest
from controller.audio.pipeline import check, render
from controller.audio.tools import AudioTools
from tests.controller.audio.zoo import Maker, Sound, load, noise, save, speech_like, tone

LOUD, SOFT, GONE = np.full(100, -20.0), np.full(100, -45.0), np.full(100, -120.0)


def halves(first: Sound, second: Sound) -> Sound:
    return np.concatenate([first[:50], second[50:]])


@pytest.mark.parametrize(
    ("middle", "side", "mix", "mono_safe"),
    [
        (LOUD, GONE, Mix.SUM, True),
        (LOUD, SOFT, Mix.SUM, True),
        (LOUD, LOUD, Mix.SUM, True),
        (SOFT, LOUD, Mix.DIFFERENCE, False),
        (GONE, LOUD, Mix.DIFFERENCE, False),
        (halves(LOUD, GONE), halves(GONE, LOUD), Mix.LEFT, False),
        (np.where(np.arange(100) == 50, -60.0, LOUD), np.where(np.arange(100) == 50, -20.0, GONE), Mix.SUM, True),
        (np.array([]), np.array([]), Mix.SUM, True),
    ],
)
def test_the_choice(middle: Sound, side: Sound, mix: Mix, mono_safe: bool) -> None:
    chosen = choose_mix(middle, side, right_is_stronger=False)
    assert (chosen.mix, chosen.mono_safe) == (mix, mono_safe)


def test_the_stronger_channel_is_taken() -> None:
    mixed = halves(LOUD, GONE), halves(GONE, LOUD)
    assert choose_mix(*mixed, right_is_stronger=True).mix is Mix.RIGHT


def test_the_loudest_moment_of_either() -> None:
    assert loudest(GONE, LOUD) == pytest.approx(-20)
    assert loudest(np.array([]), np.array([])) == -120


VOICE = speech_like(3, level=0.1)
STEREO = {
    "the same": (VOICE, VOICE, True),
    "one side only": (VOICE, 0 * VOICE, True),
    "other things": (VOICE, noise(3, level=0.1), True),
    "opposite": (VOICE, -VOICE, False),
    "opposite, one fainter": (VOICE, -0.7 * VOICE, False),
    "nearly opposite": (VOICE, -VOICE + noise(3, level=0.01), False),
    "opposite for a while": (VOICE, np.concatenate([VOICE[:48_000], -VOICE[48_000:]]), False),
    "opposite, then one side": (VOICE, np.concatenate([-VOICE[:36_000], 0 * VOICE[36_000:]]), False),
}


@pytest.mark.parametrize("name", STEREO)
def test_no_part_of_a_recording_becomes_silent(name: str, maker: Maker, tools: AudioTools) -> None:
    left, right, mono_safe = STEREO[name]
    wav = save(maker.folder / "stereo.wav", left, right)
    assert check(wav, tools).mono_safe is mono_safe
    rendered = render(wav, maker.folder, tools, chime=False)
    assert ("not_mono_safe" in rendered.warnings) is not mono_safe
    heard = load(rendered.wav)
    before, after = (np.sqrt(np.mean(sound[:71_000].reshape(10, -1) ** 2, axis=1)) for sound in (VOICE, heard))
    assert (after / after.max() > 0.3 * before / before.max()).all()
    assert maker.loudness(rendered.wav)[0] == pytest.approx(-16, abs=0.6)


def test_six_channels_become_one(tmp_path: Path, tools: AudioTools) -> None:
    quiet = 0 * VOICE
    for place in (0, 1, 2, 4, 5):
        six = [VOICE if number == place else quiet for number in range(6)]
        rendered = render(save(tmp_path / "six.wav", *six), tmp_path, tools, chime=False)
        assert rendered.lufs == pytest.approx(-16, abs=0.6)


def test_a_tone_that_cancels_is_still_heard(tmp_path: Path, tools: AudioTools) -> None:
    wav = save(tmp_path / "tone.wav", tone(1), -tone(1))
    assert np.abs(load(render(wav, tmp_path, tools, chime=False).wav)).max() > 0.1
