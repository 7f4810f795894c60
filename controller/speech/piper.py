"""Piper: speaks better where the office has laid a voice file; started as the program that it is."""

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from controller.audio.child import run_child
from controller.audio.errors import AudioError, ChildTimeout
from controller.speech.errors import NothingToSay, SpeechFailed, SpeechTimeout, VoiceUnknown
from controller.speech.pieces import pieces
from controller.speech.voice import VoiceChoice

MEMORY_BYTES = 8 << 30
"""Address space; the runtime maps far more than it uses."""
LEAST_SECONDS = 60.0
SECONDS_A_LETTER = 0.05
FILE_BYTES = 2 << 30


class PiperVoice:
    """See the port `Voice`. Speaks with the first voice (`*.onnx` with `*.onnx.json`) of its folder."""

    def __init__(self, voices: Path, program: Sequence[str] | None = None) -> None:
        self._voices = voices
        self._program = program

    def speak(self, text: str, choice: VoiceChoice, wav: Path) -> None:
        said = list(pieces(text))
        if not said:
            raise NothingToSay()
        voice = find_voice(self._voices)
        program = self._program or find_program()
        if voice is None or program is None:
            raise VoiceUnknown(engine="piper", voice=voice is not None, program=program is not None)
        # A line is an utterance; the length scale is the inverse of the speed.
        command = [*program, "--model", str(voice), "--output_file", str(wav.absolute())]
        command += ["--length_scale", f"{1 / choice.rate:.3f}"]
        _run(command, "\n".join(" ".join(piece.split()) for piece in said).encode(), len(text))
        if not wav.is_file() or wav.stat().st_size <= 44:
            raise SpeechFailed(reason="no_sound")


def find_voice(voices: Path) -> Path | None:
    """The first whole voice of the folder, by name."""
    found = (path for path in sorted(voices.glob("*.onnx")) if path.with_name(path.name + ".json").is_file())
    return next((path for path in found if _describes_a_voice(path.with_name(path.name + ".json"))), None)


def find_program() -> list[str] | None:
    """The `piper` command, installed beside us or on the path."""
    beside = Path(sys.executable).with_name("piper")
    found = str(beside) if beside.is_file() else shutil.which("piper")
    return [found] if found else None


def _describes_a_voice(path: Path) -> bool:
    try:
        return "audio" in json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return False


def _run(command: list[str], said: bytes, letters: int) -> None:
    timeout_s = LEAST_SECONDS + letters * SECONDS_A_LETTER
    try:
        done = run_child(command, stdin=said, timeout_s=timeout_s, memory_bytes=MEMORY_BYTES, file_bytes=FILE_BYTES)
    except ChildTimeout as error:
        raise SpeechTimeout(seconds=round(timeout_s)) from error
    except AudioError as error:
        raise SpeechFailed(reason=error.code) from error
    if done.returncode != 0:
        raise SpeechFailed(status=done.returncode, said=done.stderr[-500:])
