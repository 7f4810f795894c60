"""Piper, for whoever lays a voice file into the data folder: a network trained on a person's speech.

No voice ships with us: none of the Vietnamese ones installs from a package index, and each has a licence of
its own that the office must read. The program is started as a command and never imported.
"""

import importlib.util
import json
import shutil
import sys
import wave
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from controller.audio.child import run_child
from controller.speech.engine import made_whole, time_for
from controller.speech.errors import SpeechFailed, VoiceUnknown
from controller.speech.pieces import SENTENCE_MS, pieces
from controller.speech.voice import Accent, Gender, VoiceChoice, sayable

MEMORY_BYTES = 4 << 30
"""Address space, of which the runtime for networks reserves far more than it uses."""
TIME_FACTOR = 10
"""A network on an old PC speaks about as fast as a person."""
MOST_BYTES = 2 << 30
RATES_HZ = range(8_000, 48_001)


@dataclass(frozen=True)
class PiperFile:
    """A voice as it lies in the folder: `NAME.onnx` and `NAME.onnx.json`."""

    model: Path
    accent: Accent
    gender: Gender

    @property
    def config(self) -> Path:
        """Beside the model."""
        return self.model.with_name(f"{self.model.name}.json")

    def sample_rate(self) -> int:
        """Hz, from the config; VoiceUnknown if it cannot be read."""
        try:
            rate = json.loads(self.config.read_text("utf-8"))["audio"]["sample_rate"]
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise VoiceUnknown(file=self.config.name) from error
        if rate not in RATES_HZ:
            raise VoiceUnknown(file=self.config.name, sample_rate=rate)
        return int(rate)


def piper_files(voices: Path) -> tuple[PiperFile, ...]:
    """The voices in a folder, by name. A name may say its accent and gender, as in "an-south-male.onnx";
    one that does not is taken as northern and female."""
    models = sorted(voices.glob("*.onnx")) if voices.is_dir() else []
    found = (PiperFile(model, *_traits(model.stem)) for model in models)
    return tuple(file for file in found if file.config.is_file())


def _traits(name: str) -> tuple[Accent, Gender]:
    words = set(name.lower().replace("_", "-").replace(".", "-").split("-"))
    accent: Accent = next((known for known in get_args(Accent) if known in words), "north")
    gender: Gender = next((known for known in get_args(Gender) if known in words), "female")
    return accent, gender


def piper_command() -> tuple[str, ...] | None:
    """How Piper is started here: the command on the path or beside our Python, its module, or not at all."""
    found = shutil.which("piper") or shutil.which("piper", path=str(Path(sys.executable).parent))
    if found:
        return (found,)
    return (sys.executable, "-I", "-m", "piper") if importlib.util.find_spec("piper") else None


@dataclass(frozen=True)
class PiperVoice:
    """The sample rate of its file. Piper draws chance: the same text sounds a little different each time."""

    file: PiperFile
    program: tuple[str, ...]
    choice: VoiceChoice = field(default_factory=lambda: VoiceChoice(engine="piper"))
    time_s: float | None = None
    """Instead of what the text's length allows."""

    def speak(self, text: str, wav: Path) -> None:
        """See `Voice`."""
        line = " ".join(piece.text for piece in pieces(sayable(text)))
        rate = self.file.sample_rate()
        with made_whole(wav) as part, part.open("wb") as out, wave.open(out, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(rate)
            done = run_child(
                self._argv(),
                stdin=f"{line}\n".encode(),
                stdout=_Spool(sound).take,
                timeout_s=self.time_s or time_for(len(line)) * TIME_FACTOR,
                memory_bytes=MEMORY_BYTES,
            )
            if done.returncode != 0:
                raise SpeechFailed(engine="piper", status=done.returncode, said=done.stderr[-200:])

    def _argv(self) -> tuple[str, ...]:
        """Options that the first Piper, its Python edition and its successor all know."""
        rate = self.choice.rate
        return (
            *self.program,
            *("--model", str(self.file.model), "--config", str(self.file.config)),
            *("--length_scale", f"{1 / rate:.3f}", "--sentence_silence", f"{SENTENCE_MS / 1000 / rate:.3f}"),
            "--output_raw",
        )


class _Spool:
    """Raw sound from the child, written as it comes; an odd byte waits for its other half."""

    def __init__(self, sound: wave.Wave_write) -> None:
        self._sound = sound
        self._bytes = 0
        self._half = b""

    def take(self, chunk: bytes) -> None:
        self._bytes += len(chunk)
        if self._bytes > MOST_BYTES:
            raise SpeechFailed(engine="piper", reason="endless")
        chunk = self._half + chunk
        whole = len(chunk) // 2 * 2
        self._sound.writeframesraw(chunk[:whole])
        self._half = chunk[whole:]
