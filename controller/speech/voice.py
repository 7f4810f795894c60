"""The port to a speaking engine, and what can be chosen about a voice."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

Engine = Literal["espeak", "piper"]
Accent = Literal["north", "central", "south"]
Gender = Literal["female", "male"]
SLOWEST, FASTEST = 0.6, 1.6


@dataclass(frozen=True)
class VoiceChoice:
    """`rate` 0.6 to 1.6; 1.0 is the engine's clearest speed. Piper voices bring accent and gender with them."""

    engine: Engine = "espeak"
    accent: Accent = "north"
    rate: float = 1.0
    gender: Gender = "female"


class Voice(Protocol):
    """Speaks a text that has been made readable. Other engines are added behind this."""

    def speak(self, text: str, choice: VoiceChoice, wav: Path) -> None:
        """Write 16-bit mono PCM to `wav`. SpeechFailed, SpeechTimeout, VoiceUnknown, NothingToSay."""
