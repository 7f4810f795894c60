"""Files by their content: a name is the SHA-256 of the bytes, so what is there is whole and never changes."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

_BLOCK = 1 << 20


class Store:
    """A folder of immutable files. Written beside their place, made to last, then moved in one step."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where that content lies, or would lie."""
        return self.folder / sha256[:2] / sha256

    def holds(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def adopt(self, source: Path) -> str:
        """Move a file of the same disk into the store and give its SHA-256 (hex). OSError if the disk fails."""
        sha256 = _digest(source)
        target = self.path(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        _make_last(source)
        source.replace(target)
        _make_last(target.parent)
        return sha256

    def chunks(self, sha256: str, chunk_bytes: int) -> Iterator[bytes]:
        """The content in pieces of `chunk_bytes`, the last one shorter."""
        with self.path(sha256).open("rb") as file:
            while chunk := file.read(chunk_bytes):
                yield chunk


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _make_last(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
