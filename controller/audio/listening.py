"""Momentary loudness that ffmpeg notes down while it works, in unnamed files that it inherits.

Inherited, so that no name of ours stands in its arguments, and that a sound that changes its rate on the
way, for which ffmpeg builds its filters anew, goes on in the same notes.
"""

import os
import re
import tempfile
from contextlib import ExitStack
from typing import IO

import numpy as np

from controller.audio.loudness import NOTHING_LUFS, Momentary

BYTES_PER_S = 1000
"""One series takes some 600 bytes for each second of sound."""
_MOMENT = re.compile(rb"^lavfi\.r128\.M=(\S+)$", re.MULTILINE)
_FAULT = re.compile(r"^\[(?:in|aist)#[^\]]*\] \[error\] ", re.MULTILINE)


class Notes:
    """A context manager that holds one file for each name."""

    def __init__(self, *names: str) -> None:
        self._names = names
        self._files: dict[str, IO[bytes]] = {}
        self._stack = ExitStack()

    def __enter__(self) -> "Notes":
        for name in self._names:
            self._files[name] = self._stack.enter_context(tempfile.TemporaryFile())
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def inherited(self) -> tuple[int, ...]:
        """The descriptors that ffmpeg must keep."""
        return tuple(file.fileno() for file in self._files.values())

    def of(self, name: str) -> str:
        """A filter chain that notes the loudness under this name, and ends there.

        Short sounds get silence behind them to fill a window.
        """
        measured = "apad=whole_dur=0.5,ebur128=framelog=quiet:metadata=1"
        return f"{measured},ametadata=print:key=lavfi.r128.M:file='pipe\\:{self._files[name].fileno()}',anullsink"

    def momentary(self, name: str) -> Momentary:
        """What was noted; empty if it was never begun. OSError if the disk is full: then something is missing."""
        file = self._files[name]
        os.write(file.fileno(), bytes(4096))
        file.seek(0)
        found = np.array(_MOMENT.findall(file.read()), np.float64)
        return np.maximum(np.nan_to_num(found, nan=NOTHING_LUFS), NOTHING_LUFS)


def faults(stderr: str) -> int:
    """How often the decoder complained of the input, as far as its last words go."""
    return len(_FAULT.findall(stderr))
