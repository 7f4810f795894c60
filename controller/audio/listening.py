"""Hears what ffmpeg says while it works: momentary loudness by name, and complaints about the file."""

import math
import re

import numpy as np

from controller.audio.loudness import NOTHING_LUFS, Momentary

_MOMENT = re.compile(rb"\[ametadata@(\w+) @ 0x[0-9a-f]+\] \[info\] lavfi\.r128\.M=(\S+)$")
_FAULT = re.compile(rb"\[(?:in|aist)#[^\]]*\] \[error\] ")


def loudness_of(name: str) -> str:
    """A chain that says each momentary loudness under `name`; short sounds get silence to fill a window."""
    return f"apad=whole_dur=0.5,ebur128=framelog=quiet:metadata=1,ametadata@{name}=print:key=lavfi.r128.M"


class Listener:
    """Reads momentary loudness by name from the decoder's words, and counts what it complains of."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.moments: dict[str, list[float]] = {name: [] for name in names}
        self.faults = 0

    def hear(self, line: bytes) -> None:
        found = _MOMENT.match(line)
        if found:
            value = float(found[2])
            self.moments[found[1].decode()].append(NOTHING_LUFS if math.isnan(value) else max(value, NOTHING_LUFS))
        elif _FAULT.match(line):
            self.faults += 1

    def momentary(self, name: str) -> Momentary:
        return np.array(self.moments[name])
