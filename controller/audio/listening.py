"""Momentary loudness by way of small files, one line a value, and what ffmpeg complained of on the way."""

import re
from pathlib import Path

import numpy as np

from controller.audio.loudness import NOTHING_LUFS, Momentary

BYTES_PER_S = 1000
"""One series takes some 600 bytes for each second of sound."""
_MOMENT = re.compile(r"^lavfi\.r128\.M=(\S+)$", re.MULTILINE)
_FAULT = re.compile(r"^\[(?:in|aist)#[^\]]*\] \[error\] ", re.MULTILINE)


def loudness_of(name: str) -> str:
    """A chain that writes the momentary loudness to `name`.txt in the folder ffmpeg runs in, and ends there.

    Short sounds get silence behind them to fill a window.
    """
    measured = "apad=whole_dur=0.5,ebur128=framelog=quiet:metadata=1"
    return f"{measured},ametadata=print:key=lavfi.r128.M:file={name}.txt,anullsink"


def momentary(folder: Path, name: str) -> Momentary:
    """What the chain of that name has written; empty if it was never begun."""
    series = folder / f"{name}.txt"
    found = _MOMENT.findall(series.read_text("ascii")) if series.exists() else []
    return np.maximum(np.nan_to_num(np.array(found, np.float64), nan=NOTHING_LUFS), NOTHING_LUFS)


def faults(stderr: str) -> int:
    """How often the decoder complained of the input, as far as its last words go."""
    return len(_FAULT.findall(stderr))
