"""Some of our own WAVs one after the other, with a pause or a chime between them. Streams: an hour is never held."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from controller.audio.clip import opening_chime
from controller.audio.wavefile import RATE, WavWriter, Written, read_pcm

PAUSE_S = 1.5
"""Silence after each member but the last."""


def join(members: Sequence[Path], joined: Path, *, chime: bool) -> Written:
    """Write `joined`; with `chime` one sounds after each pause. OSError if the disk does not take it."""
    pause = np.zeros(round(PAUSE_S * RATE), np.int16)
    between = np.concatenate([pause, opening_chime()]) if chime else pause
    with WavWriter(joined) as written:
        for number, member in enumerate(members):
            if number:
                written.write(between)
            for block in read_pcm(member, RATE):
                written.write(block)
    return written.written()
