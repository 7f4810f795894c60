"""Which engine speaks."""

from pathlib import Path

from controller.speech.errors import VoiceUnknown
from controller.speech.espeak import EspeakVoice
from controller.speech.piper import PiperVoice
from controller.speech.voice import Voice, VoiceChoice


def voice_for(choice: VoiceChoice, voices: Path) -> Voice:
    """The engine of a choice; `voices` is the folder of Piper voices. VoiceUnknown for another engine."""
    if choice.engine == "espeak":
        return EspeakVoice()
    if choice.engine == "piper":
        return PiperVoice(voices)
    raise VoiceUnknown(engine=choice.engine)
