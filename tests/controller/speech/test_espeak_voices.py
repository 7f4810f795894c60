"""eSpeak NG: its accents, genders and rates by ear of a computer, and its child in hard places."""

import json
import subprocess
import sys
import time
import wave
from itertools import product
from pathlib import Path

import numpy as np
import pytest

import controller.speech
from controller.speech.errors import SpeechFailed
from controller.speech.espeak import CHILD, EspeakVoice, espeak_ready
from controller.speech.pieces import LINE_MS, pieces
from controller.speech.voice import VoiceChoice
from tests.controller.speech.test_every_voice import TEXT, samples, seconds

SENTENCES = (
    "Hồi bốn giờ, vị trí tâm bão ở vào khoảng mười lăm phẩy hai độ vĩ Bắc.",
    "Yêu cầu bà con di dời trước mười bảy giờ chiều nay!",
    "Ai nhặt được xin liên hệ số không chín một hai, ba bốn năm, sáu bảy tám?",
    "Xin cảm ơn.",
)
LOSES = """
import io, json, runpy, sys
asked = json.load(sys.stdin)
asked["pieces"].pop()
sys.stdin = io.TextIOWrapper(io.BytesIO(json.dumps(asked).encode()))
runpy.run_path(sys.argv[1], run_name="__main__")
"""
"""Our child, had it lost the last piece."""
ROOT = Path(controller.speech.__file__).parents[2]


def request(*texts: str, voice: str = "vi") -> bytes:
    return json.dumps({"voice": voice, "words_per_minute": 130, "pieces": [(text, 100) for text in texts]}).encode()


def pitch(wav: Path) -> float:
    """The median pitch of the voiced parts, in Hz, by autocorrelation."""
    sound, rate, size = samples(wav), 22_050, 900
    found = []
    for start in range(0, len(sound) - size, size):
        frame = sound[start : start + size] - sound[start : start + size].mean()
        likeness = np.correlate(frame, frame, "full")[size - 1 :]
        lag = rate // 400 + int(np.argmax(likeness[rate // 400 : rate // 60]))
        if np.mean(frame**2) > 1e6 and likeness[lag] > likeness[0] / 2:
            found.append(rate / lag)
    return float(np.median(found))


def test_each_accent_gender_and_rate_sounds_different(tmp_path: Path) -> None:
    heard = set()
    for accent, gender, rate in product(("north", "central", "south"), ("female", "male"), (0.6, 1.0, 1.6)):
        EspeakVoice(VoiceChoice("espeak", accent, rate, gender)).speak(SENTENCES[0], tmp_path / "said.wav")
        heard.add((tmp_path / "said.wav").read_bytes())
    assert len(heard) == 18


@pytest.mark.parametrize("accent", ["north", "central", "south"])
def test_a_woman_speaks_higher_than_a_man(accent: str, tmp_path: Path) -> None:
    for gender in ("female", "male"):
        choice = VoiceChoice("espeak", accent, 1.0, gender)  # type: ignore[arg-type]
        EspeakVoice(choice).speak(TEXT, tmp_path / f"{gender}.wav")
    assert pitch(tmp_path / "female.wav") > 1.3 * pitch(tmp_path / "male.wav")


def test_sound_has_22050_samples_a_second(tmp_path: Path) -> None:
    EspeakVoice().speak("xin chào", tmp_path / "said.wav")
    with wave.open(str(tmp_path / "said.wav")) as sound:
        assert sound.getframerate() == 22_050


def test_sentences_add_up_and_none_is_lost(tmp_path: Path) -> None:
    alone = 0
    for sentence in SENTENCES:
        EspeakVoice().speak(sentence, tmp_path / "one.wav")
        alone += len(samples(tmp_path / "one.wav"))
    EspeakVoice().speak("\n".join(SENTENCES * 25), tmp_path / "all.wav")
    assert len(samples(tmp_path / "all.wav")) == pytest.approx(25 * alone, rel=0.002)


def test_breath_is_not_drawn_from_the_clock(tmp_path: Path) -> None:
    EspeakVoice().speak(TEXT, tmp_path / "now.wav")
    time.sleep(1.1)
    EspeakVoice().speak(TEXT, tmp_path / "later.wav")
    assert (tmp_path / "now.wav").read_bytes() == (tmp_path / "later.wav").read_bytes()


def test_there_is_a_pause_behind_each_line(tmp_path: Path) -> None:
    EspeakVoice().speak("Xin chào\nbà con", tmp_path / "said.wav")
    quiet = np.abs(samples(tmp_path / "said.wav")) < 60
    edges = np.flatnonzero(np.diff(np.concatenate(([0], quiet.astype(int), [0]))))
    longest = (edges[1::2] - edges[::2]).max() / 22_050 * 1000
    assert longest >= LINE_MS


def test_a_comma_is_heard(tmp_path: Path) -> None:
    EspeakVoice().speak("gạo muối nước mắm", tmp_path / "run.wav")
    EspeakVoice().speak("gạo, muối, nước mắm", tmp_path / "list.wav")
    assert seconds(tmp_path / "list.wav") > seconds(tmp_path / "run.wav") + 0.2


def test_the_child_needs_no_folder_no_home_and_no_environment(tmp_path: Path) -> None:
    with (tmp_path / "said.wav").open("wb") as out:
        done = subprocess.run(
            CHILD, input=request("xin chào"), stdout=out, stderr=subprocess.PIPE, cwd="/", env={}, check=False
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stderr)["frames"] == len(samples(tmp_path / "said.wav"))


def test_the_child_is_also_a_module(tmp_path: Path) -> None:
    with (tmp_path / "said.wav").open("wb") as out:
        subprocess.run(
            [sys.executable, "-m", "controller.speech.espeak_child"],
            input=request("xin chào"), stdout=out, cwd=ROOT, check=True, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    assert seconds(tmp_path / "said.wav") > 0.5


@pytest.mark.parametrize("sent", [b"", b"{}", b"not json", request("xin", voice="xx-none"), request("xin")[:-9]])
def test_a_child_that_is_asked_nonsense_fails_and_says_so(sent: bytes, tmp_path: Path) -> None:
    with (tmp_path / "said.wav").open("wb") as out:
        done = subprocess.run(CHILD, input=sent, stdout=out, stderr=subprocess.PIPE, check=False)
    assert done.returncode != 0
    assert done.stderr


def test_an_account_of_fewer_pieces_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(SpeechFailed):
        EspeakVoice(program=(sys.executable, "-I", "-c", LOSES, CHILD[-1])).speak(TEXT, tmp_path / "said.wav")


def test_memory_does_not_grow_with_the_text(tmp_path: Path) -> None:
    short, long = (_peak_kib("\n".join(SENTENCES * times), tmp_path / "said.wav") for times in (3, 60))
    assert long < short + 4 * 1024
    assert long < 64 * 1024


@pytest.mark.full
def test_110_kb_are_spoken_to_the_last_sentence(tmp_path: Path) -> None:
    text = "\n".join(SENTENCES)
    text = "\n".join([text] * (110 * 1024 // len(text.encode())))
    EspeakVoice().speak("\n".join(SENTENCES), tmp_path / "once.wav")
    EspeakVoice().speak(text, tmp_path / "all.wav")
    times = text.count(SENTENCES[0])
    assert seconds(tmp_path / "all.wav") == pytest.approx(times * seconds(tmp_path / "once.wav"), rel=0.002)


def test_it_is_ready_here() -> None:
    assert espeak_ready()


MEASURED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""
"""Run by a small process of its own, for a child begins with the memory of the one that starts it."""


def _peak_kib(text: str, wav: Path) -> int:
    """The most memory that the child had at once."""
    asked = json.dumps({"voice": "vi", "words_per_minute": 130, "pieces": list(pieces(text))}).encode()
    small = [sys.executable, "-I", "-c", MEASURED, *CHILD]
    with wav.open("wb") as out:
        return int(subprocess.run(small, input=asked, stdout=out, stderr=subprocess.PIPE, check=True).stderr)
