"""eSpeak NG: the voice that is always there, in a child process with limits."""

import json
import sys
import tempfile
from pathlib import Path

from controller.audio.child import run_child
from controller.audio.errors import AudioError, ChildTimeout
from controller.speech.errors import NothingToSay, SpeechFailed, SpeechTimeout, VoiceUnknown
from controller.speech.pieces import pieces
from controller.speech.voice import FASTEST, SLOWEST, VoiceChoice

CLEAREST_WORDS_A_MINUTE = 130
"""At this speed the northern voice is understood best."""
ACCENTS = {"north": "vi", "central": "vi-vn-x-central", "south": "vi-vn-x-south"}
VARIANTS = {"female": "+f2", "male": ""}
CHILD = Path(__file__).with_name("espeak_child.py")
MEMORY_BYTES = 1 << 30
LEAST_SECONDS = 20.0
SECONDS_A_LETTER = 0.002
"""It speaks some 5,000 letters a second on one core; ten times that is patience enough."""
FILE_BYTES = 2 << 30
NO_VOICE = 2


class EspeakVoice:
    """See the port `Voice`."""

    def speak(self, text: str, choice: VoiceChoice, wav: Path) -> None:
        said = list(pieces(text))
        if not said:
            raise NothingToSay()
        if choice.accent not in ACCENTS or choice.gender not in VARIANTS or not SLOWEST <= choice.rate <= FASTEST:
            raise VoiceUnknown(accent=choice.accent, gender=choice.gender, rate=choice.rate)
        request = {
            "voice": ACCENTS[choice.accent] + VARIANTS[choice.gender],
            "speed": round(CLEAREST_WORDS_A_MINUTE * choice.rate), "pieces": said,
        }  # fmt: skip
        _run(json.dumps(request).encode(), wav, LEAST_SECONDS + len(text) * SECONDS_A_LETTER)


def espeak_ready() -> bool:
    """Whether it speaks here at all."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            EspeakVoice().speak("một hai ba", VoiceChoice(), Path(folder) / "try.wav")
        except Exception:
            return False
    return True


def _run(request: bytes, wav: Path, timeout_s: float) -> None:
    command = [sys.executable, "-I", str(CHILD), str(wav.absolute())]
    try:
        done = run_child(command, stdin=request, timeout_s=timeout_s, memory_bytes=MEMORY_BYTES, file_bytes=FILE_BYTES)
    except ChildTimeout as error:
        raise SpeechTimeout(seconds=round(timeout_s)) from error
    except AudioError as error:
        raise SpeechFailed(reason=error.code) from error
    if done.returncode == NO_VOICE:
        raise VoiceUnknown()
    if done.returncode != 0:
        raise SpeechFailed(status=done.returncode, said=done.stderr[-500:])
