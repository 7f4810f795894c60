"""Flash in a folder: small items as files, blobs as files with a map of their chunks beside them.

Every file is written aside and moved into place, so that a cut leaves the old one or the new one. `durable`
also waits for the disk (hardware); without it a killed process loses nothing, a lost machine may.
"""

import contextlib
import os
from pathlib import Path

from pydantic import BaseModel, ValidationError

from firmware_sim.errors import NoSpace
from firmware_sim.flash import Shape, free


class _Map(BaseModel):
    """What is known of one blob, beside its bytes."""

    size: int
    chunk_bytes: int
    there: tuple[int, ...] = ()
    whole: bool = False
    played: int = 0

    @property
    def shape(self) -> Shape:
        return Shape(self.size, self.chunk_bytes)


class FolderFlash:
    """See the port `Flash`; one process at a time owns the folder."""

    def __init__(self, folder: Path, capacity: int, durable: bool = False) -> None:
        self.capacity = capacity
        self._items = folder / "items"
        self._blobs = folder / "blobs"
        self._durable = durable
        self._maps: dict[str, _Map] | None = None

    def get(self, key: str) -> bytes | None:
        try:
            return (self._items / key).read_bytes()
        except OSError:
            return None

    def put(self, key: str, value: bytes) -> bool:
        try:
            self._write(self._items / key, value)
        except OSError:
            return False
        return True

    def delete(self, key: str) -> None:
        with contextlib.suppress(OSError):
            (self._items / key).unlink()

    def keys(self, prefix: str) -> list[str]:
        found = (self._items / prefix).glob("*")
        return sorted(prefix + path.name for path in found if path.is_file() and path.suffix != ".new")

    def reserve(self, sha256: str, shape: Shape) -> None:
        if sha256 in self._known():
            return
        if shape.size > free(self):
            raise NoSpace(size=shape.size)
        self._note(sha256, _Map(size=shape.size, chunk_bytes=shape.chunk_bytes))

    def write_chunk(self, sha256: str, index: int, data: bytes) -> None:
        known = self._known()[sha256]
        try:
            fd = os.open(self._blobs / sha256, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                os.pwrite(fd, data, index * known.chunk_bytes)
                if self._durable:
                    os.fsync(fd)
            finally:
                os.close(fd)
        except OSError as error:
            raise NoSpace(size=len(data)) from error
        self._note(sha256, known.model_copy(update={"there": tuple(sorted({*known.there, index}))}))

    def missing(self, sha256: str) -> list[int]:
        known = self._known()[sha256]
        return [] if known.whole else [i for i in range(known.shape.chunks) if i not in known.there]

    def seal(self, sha256: str) -> None:
        self._note(sha256, self._known()[sha256].model_copy(update={"whole": True, "there": ()}))

    def has(self, sha256: str) -> bool:
        known = self._known().get(sha256)
        return known is not None and known.whole

    def read(self, sha256: str) -> bytes:
        try:
            return (self._blobs / sha256).read_bytes()
        except OSError:
            return b""

    def drop(self, sha256: str) -> None:
        self._known().pop(sha256, None)
        for path in (self._blobs / f"{sha256}.map", self._blobs / sha256):
            with contextlib.suppress(OSError):
                path.unlink()

    def touch(self, sha256: str) -> None:
        known = self._known()
        latest = max(blob.played for blob in known.values())
        with contextlib.suppress(NoSpace):
            self._note(sha256, known[sha256].model_copy(update={"played": latest + 1}))

    def whole(self) -> list[str]:
        held = [(sha256, known.played) for sha256, known in self._known().items() if known.whole]
        return [sha256 for sha256, _ in sorted(held, key=lambda one: (one[1] == 0, one[1]))]

    def held(self) -> dict[str, int]:
        return {sha256: known.size for sha256, known in self._known().items()}

    def _known(self) -> dict[str, _Map]:
        if self._maps is None:
            self._maps = {path.stem: found for path in self._blobs.glob("*.map") if (found := _read(path))}
        return self._maps

    def _note(self, sha256: str, known: _Map) -> None:
        try:
            self._write(self._blobs / f"{sha256}.map", known.model_dump_json().encode())
        except OSError as error:
            raise NoSpace(size=known.size) from error
        self._known()[sha256] = known

    def _write(self, path: Path, value: bytes) -> None:
        aside = path.with_name(path.name + ".new")
        try:
            file = aside.open("wb", buffering=0)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = aside.open("wb", buffering=0)
        with file:
            file.write(value)
            if self._durable:
                os.fsync(file.fileno())
        aside.replace(path)


def _read(path: Path) -> _Map | None:
    """A map that was never finished is as good as none."""
    try:
        return _Map.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
