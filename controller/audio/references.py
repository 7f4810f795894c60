"""A movie file may say that its sound lies in another file. Such a file is refused; nothing is looked up.

Reads only the movie's table of contents, and of that only where its tracks say their data lie.
"""

import os
import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

from controller.audio.errors import UnsafeContainer

FIRST_ATOMS = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")
MOST_ATOMS = 1000
MOST_BYTES = 64 << 20
_REFERENCE = re.compile(rb"dref.{8}(?:.{4}(?:url |urn |alis|rsrc).{3}(.))", re.DOTALL)
_HERE = 1


def refuse_external(opened: BinaryIO) -> None:
    """Raise UnsafeContainer if a MOV or MP4 names another file for its first data; leaves the place moved."""
    opened.seek(0)
    for contents in _tables_of_contents(opened):
        if any(not found[1][0] & _HERE for found in _REFERENCE.finditer(contents)):
            raise UnsafeContainer(kind="external media")


def _tables_of_contents(opened: BinaryIO) -> Iterator[bytes]:
    for number in range(MOST_ATOMS):
        head = opened.read(16)
        if len(head) < 8 or (number == 0 and head[4:8] not in FIRST_ATOMS):
            return
        size, kind = struct.unpack_from(">I4s", head)
        size = struct.unpack_from(">Q", head.ljust(16, b"\0"), 8)[0] if size == 1 else size
        opened.seek(8 - len(head), os.SEEK_CUR)
        if kind == b"moov":
            yield opened.read(min(size - 8, MOST_BYTES) if size >= 8 else MOST_BYTES)
        elif size >= 8:
            opened.seek(size - 8, os.SEEK_CUR)
        else:
            return
