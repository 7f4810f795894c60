"""eSpeak NG in a process of its own: a JSON request on stdin, a WAV file on stdout, a JSON account on stderr.

The library is GPLv3 and C: neither its licence nor its crashes cross the process. Run by path or with
`python -m controller.speech.espeak_child`; it imports nothing of ours. stdout must be a file, because the
header of a WAV is completed at the end.

Request: {"voice": "vi+f3", "words_per_minute": 130, "pieces": [["text", pause in ms], ...]}.
Account: {"pieces": spoken, "frames": written}. Ends with 0, or 3 if the voice or the library is missing.
"""

import ctypes
import json
import os
import sys
import wave
from typing import Any

import espeakng_loader

SYNCHRONOUS = 2
DO_NOT_EXIT = 0x8000
UTF_8 = 1
CHARACTERS = 1
RATE = 1
MISSING = 3
Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Missing(Exception):
    """The library, its data or the voice is not there."""

    code = "missing"


class Speaker:
    """The loaded library, speaking into one open WAV file."""

    def __init__(self, library: ctypes.CDLL, sound: wave.Wave_write) -> None:
        self._library = library
        self._sound = sound
        self._failure: BaseException | None = None
        self._callback = Callback(self._take)

    def say(self, text: str) -> None:
        """Speak to the end of the text; what the callback could not write is raised here."""
        encoded = text.encode("utf-8")
        self._library.espeak_SetSynthCallback(self._callback)
        status = self._library.espeak_Synth(
            ctypes.c_char_p(encoded), ctypes.c_size_t(len(encoded) + 1), 0, CHARACTERS, 0, UTF_8, None, None
        )
        if self._failure is not None:
            raise self._failure
        if status != 0:
            raise RuntimeError(f"espeak_Synth ended with {status}")

    def _take(self, samples: Any, count: int, _: object) -> int:
        """Called by the library with each stretch of sound; a raise here would be lost, so it is kept."""
        try:
            if count > 0:
                self._sound.writeframesraw(ctypes.string_at(samples, count * 2))
        except OSError as error:
            self._failure = error
            return 1
        return 0


def open_library(voice: str, words_per_minute: int) -> tuple[ctypes.CDLL, int]:
    """The library set to a voice and speed, and its sample rate in Hz."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = library.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), DO_NOT_EXIT)
    if rate <= 0 or library.espeak_SetVoiceByName(voice.encode()) != 0:
        raise Missing(voice)
    library.espeak_SetParameter(RATE, words_per_minute, 0)
    # The library seeds the noise of breath with the time; the same text shall give the same bytes.
    library.espeak_ng_SetRandSeed(ctypes.c_long(1))
    return library, rate


def speak(request: dict[str, Any], out: Any) -> dict[str, int]:
    """Speak every piece and its pause into `out`, a seekable binary file."""
    library, rate = open_library(request["voice"], request["words_per_minute"])
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        speaker = Speaker(library, sound)
        for text, pause_ms in request["pieces"]:
            speaker.say(text)
            sound.writeframesraw(bytes(2 * (rate * pause_ms // 1000)))
        return {"pieces": len(request["pieces"]), "frames": sound.tell()}


def main() -> int:
    """Keep stdout for the sound alone, whatever the library prints."""
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        try:
            account = speak(json.load(sys.stdin.buffer), out)
        except (Missing, OSError) as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            return MISSING
    json.dump(account, sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
