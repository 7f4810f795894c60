"""The whole way of a sound: judged, or made into the Opus clip that goes on air and the WAV it came from.

Each step is a file of its own beside this one; this file only says their order and what is refused.
"""

import hashlib
import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from controller.audio.clip import closing_chime, opening_chime, siren
from controller.audio.encode import encode
from controller.audio.errors import EncodeFailed, Refused, SilentAudio, TooShort
from controller.audio.loudness import NOTHING_LUFS
from controller.audio.measure import Measured, measure
from controller.audio.prepare import prepare
from controller.audio.scan import scan
from controller.audio.shape import shape
from controller.audio.sniff import sniff
from controller.audio.tools import AudioLimits, AudioTools
from controller.audio.wavefile import RATE, Pcm, WavWriter, Written

SPACER_S = 1.5
"""A file of nothing that is this short is taken as a pause somebody cut; a longer one as a mistake."""
QUIET_LUFS = -45.0
WAV, OPUS, RAW = "clip.wav", "clip.opus", "body.f32"
NO_CHIME: Pcm = np.zeros(0, np.int16)


@dataclass(frozen=True)
class Reason:
    """A stable code and what was seen."""

    code: str
    data: dict[str, Any]


@dataclass(frozen=True)
class AudioReport:
    """What was found in a file. `duration_s` is decoded, 0 where nothing was; `lufs` integrated, None if too
    faint to gate; `true_peak_db` in dBTP. `reasons` say why it is rejected, `warnings` what to know."""

    verdict: Literal["accept", "reject"]
    reasons: tuple[Reason, ...]
    duration_s: float = 0.0
    lufs: float | None = None
    true_peak_db: float = NOTHING_LUFS
    clipped: bool = False
    silent: bool = False
    mono_safe: bool = True
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rendered:
    """A finished clip: Ogg Opus for the air, WAV (16-bit, mono, 24 kHz) of the same length as its source.

    `sha256` and `size` (bytes) are of the Opus file; `lufs` and `true_peak_db` of the WAV, chimes included.
    """

    opus: Path
    wav: Path
    sha256: str
    size: int
    duration_ms: int
    lufs: float
    true_peak_db: float
    warnings: tuple[str, ...]


def check(path: Path, tools: AudioTools) -> AudioReport:
    """Judge a file. Raises only if we cannot judge: ChildUnavailable, EncodeFailed (disk full), OSError."""
    try:
        measured = _inspect(path, tools)
    except Refused as refusal:
        return AudioReport("reject", (Reason(refusal.code, refusal.data),), silent=isinstance(refusal, SilentAudio))
    fault = _fault(measured, tools.limits)
    return AudioReport(
        verdict="reject" if fault else "accept",
        reasons=(Reason(fault.code, fault.data),) if fault else (),
        duration_s=measured.seconds,
        lufs=measured.lufs,
        true_peak_db=_decibels(measured.levels.peak),
        clipped=measured.levels.clipped,
        silent=measured.silent,
        mono_safe=measured.mixdown.mono_safe,
        warnings=_warnings(measured),
    )


def render(source: Path, folder: Path, tools: AudioTools, *, chime: bool = True) -> Rendered:
    """Make the clip of somebody's file, or of a WAV that speech made, in `folder`.

    Raises a Refused with its reason, or EncodeFailed. Both files appear when they are whole.
    """
    opening, closing = (opening_chime(), closing_chime()) if chime else (NO_CHIME, NO_CHIME)
    with _workshop(folder) as unfinished:
        measured = _inspect(source, tools, unfinished / RAW)
        fault = _fault(measured, tools.limits)
        if fault:
            raise fault
        body = prepare(source, measured, unfinished / RAW, tools)
        written = shape(body, unfinished / WAV, opening, closing)
        body.raw.unlink()
        return _finish(unfinished, folder, written, _warnings(measured), tools)


def alert_tone(folder: Path, tools: AudioTools) -> Rendered:
    """Make the clip of the alert tone in `folder`. EncodeFailed."""
    with _workshop(folder) as unfinished:
        with WavWriter(unfinished / WAV) as tone:
            tone.write(siren())
        return _finish(unfinished, folder, tone.written(), (), tools)


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """A folder inside `folder` for what is not finished; gone at the end. OSError becomes EncodeFailed."""
    try:
        with tempfile.TemporaryDirectory(dir=folder) as unfinished:
            yield Path(unfinished)
    except OSError as error:
        raise EncodeFailed(reason=error.strerror) from error


def _inspect(path: Path, tools: AudioTools, raw: Path | None = None) -> Measured:
    sniff(path, tools.limits.max_bytes)
    return measure(path, scan(path, tools), tools, raw)


def _fault(measured: Measured, limits: AudioLimits) -> Refused | None:
    """Why this sound must not go on air although it could be decoded."""
    if measured.seconds < limits.min_seconds:
        return TooShort(seconds=round(measured.seconds, 4), min_seconds=limits.min_seconds)
    if measured.empty and measured.seconds > SPACER_S:
        return SilentAudio(lufs=round(measured.loudest_lufs, 1))
    return None


def _warnings(measured: Measured) -> tuple[str, ...]:
    found = {
        "clipped": measured.levels.clipped,
        "not_mono_safe": not measured.mixdown.mono_safe,
        "silent": measured.silent,
        "very_quiet": not measured.silent and (measured.lufs or NOTHING_LUFS) < QUIET_LUFS,
        "damaged": measured.levels.damaged > 0 or measured.faults > 0,
    }
    return tuple(name for name, is_so in found.items() if is_so)


def _finish(unfinished: Path, folder: Path, written: Written, warnings: tuple[str, ...], tools: AudioTools) -> Rendered:
    wav, opus = unfinished / WAV, unfinished / OPUS
    lufs = encode(wav, opus, written.frames / RATE, written.peak, tools)
    with opus.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return Rendered(
        size=opus.stat().st_size,
        opus=opus.replace(folder / OPUS),
        wav=wav.replace(folder / WAV),
        sha256=digest,
        duration_ms=round(written.frames * 1000 / RATE),
        lufs=lufs,
        true_peak_db=_decibels(written.peak),
        warnings=warnings,
    )


def _decibels(peak: float) -> float:
    return 20 * math.log10(peak) if peak > 1e-6 else NOTHING_LUFS
