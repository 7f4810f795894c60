"""The port to everything that makes sound; its adapter is wired in the runtime, its fake lives in the tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Take:
    """A finished piece of sound: Opus and WAV files, and what was measured of it."""

    opus: Path
    wav: Path
    duration_ms: int
    lufs: float
    true_peak_db: float
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class VoiceWish:
    """How a text is to be spoken; `rate` 0.6-1.6."""

    engine: str = "espeak"
    accent: str = "north"
    rate: float = 1.0
    gender: str = "female"


class StudioError(Exception):
    """The sound cannot be made: `code` says why, `data` what was seen."""

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code, data)
        self.code = code
        self.data = data


class Studio(Protocol):
    """Reads, speaks, and renders. Every method but `read_as` takes as long as it takes, in child processes."""

    def read_as(self, text: str, glossary: Mapping[str, str]) -> str:
        """How the text will be read aloud; empty where nothing is left to say."""

    def from_text(self, read_as: str, wish: VoiceWish, *, chime: bool, folder: Path) -> Take:
        """Speak and render into `folder`. StudioError."""

    def from_file(self, upload: Path, *, chime: bool, folder: Path) -> Take:
        """Judge and render somebody's file. StudioError with the verdict."""

    def from_members(self, members: Sequence[Path], *, chime: bool, folder: Path) -> Take:
        """Join finished WAVs (`chime`: at the beginning, between them and at the end) and render. StudioError."""

    def tone(self, folder: Path) -> Take:
        """The alert tone."""
