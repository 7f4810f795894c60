"""A program of its own around eSpeak NG (GPL): a request on stdin, a WAV in the named file, nothing else.

Run as a script with an isolated interpreter; imports nothing of ours. The request is JSON: `voice`, `speed`
(words a minute) and `pieces`. What cannot be spoken ends it with a status: 2 no such voice, 3 no sound.
"""

import ctypes
import json
import sys
import wave

import espeakng_loader

SYNCHRONOUS = 2
RATE_PARAMETER = 1
UTF8 = 1
BUFFER_MS = 200
NO_VOICE, NO_SOUND = 2, 3
CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def main() -> int:
    request = json.load(sys.stdin)
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = library.espeak_Initialize(SYNCHRONOUS, BUFFER_MS, espeakng_loader.get_data_path().encode(), 0)
    if rate <= 0 or library.espeak_SetVoiceByName(request["voice"].encode()) != 0:
        return NO_VOICE
    library.espeak_SetParameter(RATE_PARAMETER, request["speed"], 0)
    with wave.open(sys.argv[1], "wb") as sound:
        sound.setparams((1, 2, rate, 0, "NONE", "NONE"))
        return speak(library, request["pieces"], sound)


def speak(library: ctypes.CDLL, pieces: list[str], sound: wave.Wave_write) -> int:
    """Speak the pieces one after the other; samples are written as they come."""

    @CALLBACK
    def hear(samples, count, _events):  # type: ignore[no-untyped-def]
        if samples and count > 0:
            sound.writeframesraw(ctypes.string_at(samples, count * 2))
        return 0

    library.espeak_SetSynthCallback(hear)
    for piece in pieces:
        said = piece.encode("utf-8") + b"\0"
        if library.espeak_Synth(said, len(said), 0, 0, 0, UTF8, None, None) != 0:
            return NO_SOUND
    library.espeak_Synchronize()
    return 0 if sound.tell() else NO_SOUND


if __name__ == "__main__":
    sys.exit(main())
