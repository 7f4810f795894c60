"""The speaker's append-only record of what it did: one JSON object a line, never changed afterwards.

All instants are us: `mono` by its own clock, `wall` its estimate of UTC (null without valid time), `true`
the world's clock where a simulation knows it.
"""

import json
import os
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
    """Lines in a file, one write each; a last line torn by a power cut is taken off before the next.

    The file is opened for each line: thousands of speakers in one process have no room for open files.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_whole = False

    def append(self, line: Line) -> bool:
        try:
            if not self._is_whole:
                self._take_off_torn()
            self._is_whole = self._write(json.dumps(line).encode() + b"\n")
        except OSError:
            self._is_whole = False
        return self._is_whole

    def _write(self, said: bytes) -> bool:
        fd = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        try:
            return os.write(fd, said) == len(said)
        finally:
            os.close(fd)

    def _take_off_torn(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch()
        with self._path.open("r+b") as file:
            file.truncate(file.read().rfind(b"\n") + 1)
