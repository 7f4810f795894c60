"""The port to speech engines: what may be asked of a voice, and what a voice does."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, get_args

from controller.speech.errors import NothingToSay, RateOutOfRange, VoiceUnknown

Engine = Literal["espeak", "piper"]
Accent = Literal["north", "central", "south"]
Gender = Literal["female", "male"]
SLOWEST, FASTEST = 0.6, 1.6


@dataclass(frozen=True)
class VoiceChoice:
    """How a text shall be spoken; `rate` 1.0 is the clearest, 0.6 slow, 1.6 fast.

    Raises VoiceUnknown or RateOutOfRange.
    """

    engine: Engine = "espeak"
    accent: Accent = "north"
    rate: float = 1.0
    gender: Gender = "female"

    def __post_init__(self) -> None:
        for name, wanted, known in (
            ("engine", self.engine, Engine),
            ("accent", self.accent, Accent),
            ("gender", self.gender, Gender),
        ):
            if wanted not in get_args(known):
                raise VoiceUnknown(**{name: wanted})
        if not SLOWEST <= self.rate <= FASTEST:
            raise RateOutOfRange(rate=self.rate)


class Voice(Protocol):
    """One engine set to one choice."""

    def speak(self, text: str, wav: Path) -> None:
        """Write the whole text as mono 16-bit PCM WAV; the file is there only if all of it was spoken.

        Raises NothingToSay, SpeechFailed, SpeechTimeout or VoiceUnknown.
        """


def sayable(text: str) -> str:
    """The text without what no C string or file may hold; NothingToSay if no letter or digit is left."""
    clean = text.replace("\0", " ").encode("utf-8", "ignore").decode("utf-8")
    if not any(char.isalnum() for char in clean):
        raise NothingToSay()
    return clean
