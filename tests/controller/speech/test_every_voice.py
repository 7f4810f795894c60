"""What the port promises, of each engine."""

import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from controller.speech.errors import NothingToSay, SpeechFailed, SpeechTimeout
from tests.controller.speech.conftest import Speaking

TEXT = "Ủy ban nhân dân xã Tân Hòa thông báo: ngày mai trời có mưa to. Bà con chú ý đề phòng."
CRASHES = (sys.executable, "-I", "-c", "import os; os.kill(os.getpid(), 11)")
HANGS = (sys.executable, "-I", "-c", "import time; time.sleep(60)")
SILENT = (sys.executable, "-I", "-c", "import sys; sys.stdin.read()")


def seconds(wav: Path) -> float:
    with wave.open(str(wav)) as sound:
        return sound.getnframes() / sound.getframerate()


def samples(wav: Path) -> np.ndarray:
    with wave.open(str(wav)) as sound:
        return np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(float)


def test_sound_is_mono_16_bit_and_loud_enough_to_hear(speaking: Speaking, tmp_path: Path) -> None:
    wav = tmp_path / "said.wav"
    speaking().speak(TEXT, wav)
    with wave.open(str(wav)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getcomptype()) == (1, 2, "NONE")
        assert 16_000 <= sound.getframerate() <= 48_000
    assert 4 < seconds(wav) < 12
    assert np.sqrt(np.mean(samples(wav) ** 2)) > 1_000


def test_a_header_tells_the_true_length(speaking: Speaking, tmp_path: Path) -> None:
    speaking().speak(TEXT, tmp_path / "said.wav")
    assert len(samples(tmp_path / "said.wav")) * 2 == (tmp_path / "said.wav").stat().st_size - 44


def test_a_slow_voice_takes_longer_than_a_fast_one(speaking: Speaking, tmp_path: Path) -> None:
    took = {}
    for rate in (0.6, 1.0, 1.6):
        speaking(rate=rate).speak(TEXT, tmp_path / "said.wav")
        took[rate] = seconds(tmp_path / "said.wav")
    assert took[0.6] > 1.3 * took[1.0]
    assert took[1.0] > 1.3 * took[1.6]


def test_more_text_is_more_sound(speaking: Speaking, tmp_path: Path) -> None:
    speaking().speak(TEXT, tmp_path / "once.wav")
    speaking().speak(f"{TEXT}\n{TEXT}", tmp_path / "twice.wav")
    assert seconds(tmp_path / "twice.wav") == pytest.approx(2 * seconds(tmp_path / "once.wav"), rel=0.05)


def test_the_same_text_gives_the_same_bytes(speaking: Speaking, tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        speaking().speak(TEXT, tmp_path / name)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


@pytest.mark.parametrize("text", ["", " \n ", "🎉🎊", "...", "\ud800", "\0", "—?!"])
def test_a_text_without_words_is_refused_before_any_engine_starts(
    speaking: Speaking, text: str, tmp_path: Path
) -> None:
    with pytest.raises(NothingToSay):
        speaking(program=("/nowhere/engine",)).speak(text, tmp_path / "said.wav")
    assert not list(tmp_path.glob("said*"))


@pytest.mark.parametrize(
    "text", ["a\0b", "xin\ud800 chào", "chào\x1b[31m\u202e bà con", "chào 🎉 bà con", "[[h]] <break/>"]
)
def test_odd_characters_are_no_trouble(speaking: Speaking, text: str, tmp_path: Path) -> None:
    speaking().speak(text, tmp_path / "said.wav")
    assert seconds(tmp_path / "said.wav") > 0.1


@pytest.mark.parametrize(
    ("program", "time_s", "refusal"),
    [
        (CRASHES, 20.0, SpeechFailed),
        (HANGS, 0.5, SpeechTimeout),
        (SILENT, 20.0, SpeechFailed),
        (("/nowhere/engine",), 20.0, SpeechFailed),
    ],
)
def test_an_engine_that_fails_leaves_no_file_and_spoils_none(
    speaking: Speaking, program: tuple[str, ...], time_s: float, refusal: type[Exception], tmp_path: Path
) -> None:
    (tmp_path / "said.wav").write_bytes(b"of yesterday")
    with pytest.raises(refusal):
        speaking(program=program, time_s=time_s).speak(TEXT, tmp_path / "said.wav")
    assert (tmp_path / "said.wav").read_bytes() == b"of yesterday"
    assert [path.name for path in tmp_path.glob("said*")] == ["said.wav"]


def test_a_folder_that_is_gone_is_a_failure_with_a_code(speaking: Speaking, tmp_path: Path) -> None:
    with pytest.raises(SpeechFailed) as refused:
        speaking().speak(TEXT, tmp_path / "gone" / "said.wav")
    assert refused.value.code == "speech_failed"
