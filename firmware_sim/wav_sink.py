"""An amplifier that writes WAV files: what has sounded so far and not a sample more.

24 kHz, mono, 16 bits. The header is brought up to date with each write, after the samples: a killed process
leaves a valid file.
"""

import os
import re
import struct
from pathlib import Path

import numpy as np

from firmware_sim.errors import DecodeFailed
from firmware_sim.opus import RATE, Samples
from firmware_sim.sinks import Run

PERIOD = 500_000
"""us between two writes while something sounds."""
HEADER_BYTES = 44


def header(data_bytes: int) -> bytes:
    """A RIFF header for `data_bytes` of samples."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", 36 + data_bytes, b"WAVE", b"fmt ", 16, 1, 1, RATE, RATE * 2, 2, 16, b"data", data_bytes,
    )  # fmt: skip


def file_name(speaker: str, occurrence: str) -> str:
    """`{speaker}_{occurrence}.wav`, with nothing in it that a file system could stumble over."""
    return re.sub(r"[^\w.-]+", "-", f"{speaker}_{occurrence}") + ".wav"


class WavSink:
    """See the port `Sink`; one file per occurrence, stretches of it follow each other without a gap."""

    def __init__(self, folder: Path, speaker: str) -> None:
        self._folder = folder
        self._speaker = speaker
        self._written: dict[Run, int] = {}
        self._next: int | None = None

    def play(self, run: Run) -> None:
        self._written[run] = 0
        self._next = run.at + PERIOD if self._next is None else self._next

    def stop(self, at: int) -> None:
        for run in self._written:
            run.cut(at)

    def advance(self, mono: int) -> None:
        over = [run for run in self._written if mono >= run.end]
        if self._next is None or (mono < self._next and not over):
            return
        for run in self._written:
            self._sound(run, run.due(mono))
        for run in over:
            del self._written[run]
        self._next = mono + PERIOD if self._written else None

    def sounded(self, run: Run, mono: int) -> int:
        return run.due(mono)

    def next_wakeup(self) -> int | None:
        return self._next

    def _sound(self, run: Run, due: int) -> None:
        """Write what is due; an amplifier that fails has ended its run where it failed."""
        written = self._written[run]
        try:
            samples = run.sound.read(run.first + written, run.first + due)
            append(self._folder / file_name(self._speaker, run.label), samples, run.gain)
            self._written[run] = due
        except (OSError, DecodeFailed):
            run.last = run.first + written


def append(path: Path, samples: Samples, gain: float) -> None:
    """Add samples to a WAV file, which is made if it is not there."""
    data = (samples * np.float32(gain)).astype("<i2").tobytes()
    if not data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        before = _data_bytes(os.pread(fd, HEADER_BYTES, 0))
        os.pwrite(fd, data, HEADER_BYTES + before)
        os.pwrite(fd, header(before + len(data)), 0)
    finally:
        os.close(fd)


def _data_bytes(head: bytes) -> int:
    return int.from_bytes(head[40:44], "little") if len(head) == HEADER_BYTES else 0
