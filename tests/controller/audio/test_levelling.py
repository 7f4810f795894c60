"""The gain is found at which the limited sound is as loud as wanted, in one reading."""

from pathlib import Path

import numpy as np
import pytest

from controller.audio.ffmpeg import run_ffmpeg
from controller.audio.levelling import MOST_GAIN_DB, PUSHES_DB, limited_gain, plain_gain
from controller.audio.limiter import limit
from controller.audio.listening import Notes
from controller.audio.loudness import Momentary
from controller.audio.tools import AudioTools
from controller.audio.wavefile import RATE
from tests.controller.audio.zoo import Maker, Sound, noise, save, speech_like, tone

CEILING = 10 ** (-2.5 / 20)
SPIKES = np.where(np.arange(5 * RATE) % 5000 < 60, 1.0, 0.12) * speech_like(5, level=0.3)
SOUNDS = {
    "tone": tone(4, level=0.02),
    "noise": noise(4, level=0.2),
    "voice": speech_like(5, level=0.03),
    "loud voice": speech_like(5, level=0.3),
    "spiky voice": SPIKES,
    "two voices": np.concatenate([speech_like(4, level=0.02), speech_like(4, level=0.2, seed=2)]),
}


def momentary_of(wav: Path, tools: AudioTools) -> Momentary:
    with Notes("it") as notes:
        graph = f"[0:a:0]asplit=2[out][it];[it]{notes.of('it')}"
        wanted = ["-filter_complex", graph, "-map", "[out]", "-f", "null", "pipe:1"]
        run_ffmpeg(tools, wav, wanted, cpu_s=10, stdout=lambda _: None, inherited=notes.inherited, file_bytes=1 << 20)
        return notes.momentary("it")


def found_gain(sound: Sound, loudness: Momentary) -> float:
    blocks = np.array_split(sound.astype(np.float32), range(10 * RATE, len(sound), 10 * RATE))
    return limited_gain([block for block in blocks if len(block)], RATE, loudness, len(sound) / RATE, CEILING)


@pytest.mark.parametrize("name", SOUNDS)
def test_it_is_as_loud_as_wanted_after_the_limiter(name: str, maker: Maker, tools: AudioTools) -> None:
    sound = np.clip(SOUNDS[name], -1, 1)
    loudness = momentary_of(save(maker.folder / "a.wav", sound), tools)
    gain = found_gain(sound, loudness)
    assert gain >= plain_gain(loudness, len(sound) / RATE) - 0.01
    limited = np.concatenate(list(limit([(sound * 10 ** (gain / 20)).astype(np.float32)], RATE, CEILING)))
    reached = maker.loudness(save(maker.folder / "b.wav", limited))[0]
    assert reached == pytest.approx(-16, abs=0.3) if name != "spiky voice" else -17.5 < reached < -16


def test_without_peaks_the_loudness_alone_decides() -> None:
    quiet, loudness = tone(3, level=0.05), np.full(30, -29.0)
    assert found_gain(quiet, loudness) == pytest.approx(13, abs=0.1)


def test_a_whisper_is_not_raised_without_end() -> None:
    assert found_gain(tone(3, level=1e-4), np.full(30, -69.0)) == MOST_GAIN_DB


def test_a_voice_is_not_crushed_to_be_loud() -> None:
    clicks = np.where(np.arange(3 * RATE) % 2400 == 0, 1.0, 0.0)
    assert found_gain(clicks, np.full(30, -40.0)) <= 24 + PUSHES_DB[-1]


def test_silence_stays_as_it_is() -> None:
    assert found_gain(np.zeros(RATE), np.full(10, -120.0)) == 0
