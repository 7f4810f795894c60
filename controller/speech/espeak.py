"""eSpeak NG, the voice that is always there: three accents, two genders, any rate, the same bytes each time."""

import json
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from controller.audio.child import run_child
from controller.speech.engine import made_whole, time_for
from controller.speech.errors import SpeechError, SpeechFailed
from controller.speech.pieces import pieces
from controller.speech.voice import Accent, Gender, VoiceChoice, sayable

ACCENTS: dict[Accent, str] = {"north": "vi", "central": "vi-vn-x-central", "south": "vi-vn-x-south"}
VARIANTS: dict[Gender, str] = {"female": "+f3", "male": ""}
"""Of the female variants f3 keeps the span of the tones nearest to that of the plain, male, voice."""
WORDS_PER_MINUTE = 130
SLOWEST_WORDS_PER_MINUTE = 80
"""Below this eSpeak NG does not go."""
MEMORY_BYTES = 512 << 20
FILE_BYTES = 2 << 30
"""Thirteen hours of sound."""
CHILD = (sys.executable, "-I", str(Path(__file__).with_name("espeak_child.py")))
"""By path and isolated: it needs no working folder, home or search path of ours."""


@dataclass(frozen=True)
class EspeakVoice:
    """22,050 Hz; starts one child for each text."""

    choice: VoiceChoice = field(default_factory=VoiceChoice)
    program: tuple[str, ...] = CHILD
    time_s: float | None = None
    """Instead of what the text's length allows."""

    def speak(self, text: str, wav: Path) -> None:
        """See `Voice`."""
        rate = self.choice.rate
        said = [(piece.text, round(piece.pause_ms / rate)) for piece in pieces(sayable(text))]
        with made_whole(wav) as part:
            done = run_child(
                self.program,
                stdin=json.dumps(self._settings() | {"pieces": said}).encode(),
                stdout=part,
                timeout_s=self.time_s or time_for(len(text)),
                memory_bytes=MEMORY_BYTES,
                file_bytes=FILE_BYTES,
            )
            if done.returncode != 0:
                raise SpeechFailed(engine="espeak", status=done.returncode, said=done.stderr[-200:])
            if _spoken(done.stderr) != len(said):
                raise SpeechFailed(engine="espeak", reason="pieces lost")

    def _settings(self) -> dict[str, object]:
        return {
            "voice": ACCENTS[self.choice.accent] + VARIANTS[self.choice.gender],
            "words_per_minute": max(round(WORDS_PER_MINUTE * self.choice.rate), SLOWEST_WORDS_PER_MINUTE),
        }


def _spoken(account: str) -> int:
    try:
        return int(json.loads(account.splitlines()[-1])["pieces"])
    except (ValueError, LookupError, TypeError):
        return -1


def espeak_ready() -> bool:
    """It speaks one word in every accent now."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            for accent in ACCENTS:
                EspeakVoice(VoiceChoice(accent=accent)).speak("xin chào", Path(folder) / "hello.wav")
        except SpeechError:
            return False
    return True
