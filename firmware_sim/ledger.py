"""The speaker's append-only record of what it did: one JSON object a line, never changed afterwards.

All instants are us: `mono` by its own clock, `wall` its estimate of UTC (null without valid time), `true`
the world's clock where a simulation knows it.
"""

import json
from io import BufferedRandom
from pathlib import Path
from typing import Protocol

Line = dict[str, object]


class Ledger(Protocol):
    def append(self, line: Line) -> bool:
        """Whether the line is kept: False on a full or broken disk."""
        ...


class MemoryLedger:
    """Lines in a list, for rehearsal and tests."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def append(self, line: Line) -> bool:
        self.lines.append(line)
        return True


class FileLedger:
    """Lines in a file, one write each; a last line torn by a power cut is taken off before the next."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BufferedRandom | None = None

    def append(self, line: Line) -> bool:
        try:
            self._file = self._file or self._open()
            self._file.write(json.dumps(line).encode() + b"\n")
            self._file.flush()
        except OSError:
            return False
        return True

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None

    def _open(self) -> BufferedRandom:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch()
        file = self._path.open("r+b")
        whole = file.read().rfind(b"\n") + 1
        file.seek(whole)
        file.truncate()
        return file
