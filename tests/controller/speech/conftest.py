"""Voices to speak with: eSpeak NG as it is, and Piper with a program that speaks its command line."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from controller.speech.espeak import EspeakVoice
from controller.speech.piper import PiperFile, PiperVoice
from controller.speech.voice import Voice, VoiceChoice

PIPER = '''
"""Understands the options of Piper that we use; a tone for each sentence, higher for longer ones."""
import argparse, json, math, re, sys
from array import array

parser = argparse.ArgumentParser()
parser.add_argument("-m", "--model", required=True)
parser.add_argument("-c", "--config")
parser.add_argument("--output-raw", "--output_raw", action="store_true", required=True)
parser.add_argument("--length-scale", "--length_scale", type=float, default=1.0)
parser.add_argument("--sentence-silence", "--sentence_silence", type=float, default=0.0)
args = parser.parse_args()
open(args.model, "rb").close()
rate = json.load(open(args.config))["audio"]["sample_rate"]
print("loaded", args.model, file=sys.stderr)
for line in sys.stdin.buffer.read().decode("utf-8").splitlines():
    for sentence in re.split(r"(?<=[.!?]) ", line):
        count = int(rate * 0.06 * len(sentence) * args.length_scale)
        step = (110 + len(sentence)) * 2 * math.pi / rate
        sound = array("h", (int(9000 * math.sin(step * at)) for at in range(count)))
        sys.stdout.buffer.write(sound.tobytes() + bytes(2 * int(rate * args.sentence_silence)))
'''
Speaking = Callable[..., Voice]
"""A voice of the engine under test: by choice (rate), program and time-out."""


@pytest.fixture
def piper(tmp_path: Path) -> tuple[str, ...]:
    """The command of a Piper that makes tones."""
    script = tmp_path / "piper.py"
    script.write_text(PIPER, "utf-8")
    return (sys.executable, "-I", str(script))


@pytest.fixture
def voices(tmp_path: Path) -> Path:
    """A folder with a southern man's voice and one whose config is missing."""
    folder = tmp_path / "voices"
    folder.mkdir()
    (folder / "vi_VN-an-south_male.onnx").write_bytes(b"weights")
    (folder / "vi_VN-an-south_male.onnx.json").write_text('{"audio": {"sample_rate": 16000}}', "utf-8")
    (folder / "half.onnx").write_bytes(b"weights")
    return folder


@pytest.fixture(params=["espeak", "piper"])
def speaking(request: pytest.FixtureRequest, piper: tuple[str, ...], voices: Path) -> Speaking:
    if request.param == "espeak":
        return lambda rate=1.0, **how: EspeakVoice(VoiceChoice(rate=rate), **how)
    file = PiperFile(voices / "vi_VN-an-south_male.onnx", "south", "male")

    def by_piper(rate: float = 1.0, **how: object) -> Voice:
        return PiperVoice(file, **({"program": piper, "choice": VoiceChoice("piper", rate=rate)} | how))  # type: ignore[arg-type]

    return by_piper
