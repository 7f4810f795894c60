"""Which voices are there, and the one that a choice means."""

from pathlib import Path
from typing import NamedTuple

from controller.speech.errors import VoiceUnknown
from controller.speech.espeak import ACCENTS, VARIANTS, EspeakVoice
from controller.speech.piper import PiperVoice, piper_command, piper_files
from controller.speech.voice import Accent, Engine, Gender, Voice, VoiceChoice


class Offer(NamedTuple):
    """A voice that can be chosen, and its name for people."""

    engine: Engine
    accent: Accent
    gender: Gender
    name: str


def catalogue(voices: Path, piper: tuple[str, ...] | None = None) -> tuple[Offer, ...]:
    """eSpeak NG's voices, then Piper's from the folder `voices` if Piper is installed.

    `piper` is the command to start it, looked for if not given.
    """
    own = [Offer("espeak", accent, gender, f"eSpeak NG {accent} {gender}") for accent in ACCENTS for gender in VARIANTS]
    if (piper or piper_command()) is None:
        return tuple(own)
    return (*own, *(Offer("piper", file.accent, file.gender, file.model.stem) for file in piper_files(voices)))


def voice_for(choice: VoiceChoice, voices: Path, piper: tuple[str, ...] | None = None) -> Voice:
    """The voice for a choice; VoiceUnknown if Piper or a file with that accent and gender is missing."""
    if choice.engine == "espeak":
        return EspeakVoice(choice)
    program = piper or piper_command()
    if program is None:
        raise VoiceUnknown(engine="piper", reason="not installed")
    for file in piper_files(voices):
        if (file.accent, file.gender) == (choice.accent, choice.gender):
            return PiperVoice(file, program, choice)
    raise VoiceUnknown(engine="piper", accent=choice.accent, gender=choice.gender)
