"""A studio that whistles: quick, real Opus and WAV, and refusals on demand."""

import wave
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from controller.library.studio import StudioError, Take, VoiceWish
from firmware_sim.village.clips import RATE, opus_clip

HEADER = 44
"""Bytes of a WAV before its samples."""


class WhistlingStudio:
    """A text of n letters lasts n / 20 seconds, at a pitch of its own."""

    def read_as(self, text: str, glossary: Mapping[str, str]) -> str:
        for written, spoken in glossary.items():
            text = text.replace(written, spoken)
        return " ".join(word for word in text.split() if any(letter.isalnum() for letter in word))

    def from_text(self, read_as: str, wish: VoiceWish, *, chime: bool, folder: Path) -> Take:
        if "hỏng" in read_as:
            raise StudioError("speech_failed")
        return self._take(max(1.0, len(read_as) / 20), 200 + sum(map(ord, read_as)) % 800, folder)

    def from_file(self, upload: Path, *, chime: bool, folder: Path) -> Take:
        content = upload.read_bytes()
        if not content.startswith(b"RIFF"):
            raise StudioError("not_audio", kind="text")
        return self._take(2.0, 300 + sum(content) % 500, folder)

    def from_members(self, members: Sequence[Path], *, chime: bool, folder: Path) -> Take:
        seconds = sum(member.stat().st_size - HEADER for member in members) / 2 / RATE
        return self._take(seconds + len(members) - 1 + chime, 200 + len(members), folder)

    def tone(self, folder: Path) -> Take:
        return self._take(2.0, 900, folder)

    def _take(self, seconds: float, pitch: float, folder: Path) -> Take:
        opus, wav = folder / "take.ogg", folder / "take.wav"
        opus.write_bytes(opus_clip(seconds, pitch))
        samples = 0.3 * 32767 * np.sin(2 * np.pi * pitch * np.arange(round(seconds * RATE)) / RATE)
        with wave.open(str(wav), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", "NONE"))
            file.writeframes(samples.astype("<i2").tobytes())
        return Take(opus, wav, round(seconds * 1000), -16.0, -3.0, ())
