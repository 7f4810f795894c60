"""A file that a command makes: its place is taken before anything is asked for, and nothing is ever overwritten."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from api.cli.device_words import refuse


@contextmanager
def new_file(target: Path) -> Iterator[BinaryIO]:
    """Open beside `target`, for nobody else to read; it has its name when the block ends well, else it is gone."""
    _not_there(target)
    part = target.with_name(f"{target.name}.part")
    _not_there(part)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
        _not_there(target)
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def write_all(file: BinaryIO, content: bytes) -> None:
    """OSError here, and not when the block ends."""
    file.write(content)
    file.flush()
    os.fsync(file.fileno())


def _not_there(path: Path) -> None:
    if path.exists():
        refuse("out_there", file=path)
