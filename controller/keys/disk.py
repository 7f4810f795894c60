"""How key files are written: each whole or not at all, and lasting; one command at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from controller.keyring import write_secret
from controller.keys.errors import KeysBusy


class Disk:
    """The port through which keys reach the disk; a test may let the power fail between any two calls."""

    def write(self, path: Path, content: bytes) -> None:
        """Write or replace a file (mode 0600)."""
        unfinished = path.with_name(path.name + ".part")
        write_secret(unfinished, content)
        self.move(unfinished, path)

    def move(self, source: Path, target: Path) -> None:
        source.replace(target)
        _settle(target.parent)

    def remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        _settle(path.parent)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else changes these keys meanwhile; KeysBusy."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise KeysBusy(folder=str(folder)) from error
    finally:
        os.close(handle)


def _settle(folder: Path) -> None:
    """What a folder names lasts a power cut, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
