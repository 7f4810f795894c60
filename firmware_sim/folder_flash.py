"""Flash in a folder: small items and the blobs' maps in a journal, blobs as files beside it.

`durable` waits for the disk (hardware); without it a killed process loses nothing, a lost machine may.
"""

import contextlib
import os
from pathlib import Path

from pydantic import BaseModel, ValidationError

from firmware_sim.errors import NoSpace
from firmware_sim.flash import Shape, free
from firmware_sim.journal import Journal

MAPS = "blobs/"


class _Map(BaseModel):
    """What is known of one blob."""

    size: int
    chunk_bytes: int
    there: tuple[int, ...] = ()
    whole: bool = False
    played: int = 0

    @property
    def shape(self) -> Shape:
        return Shape(self.size, self.chunk_bytes)


class FolderFlash:
    """See the port `Flash`; one process at a time owns the folder.

    `shelf` is where the blobs lie, otherwise `folder/blobs`. Speakers of one process may share one: each knows
    from its own journal which chunks came to it, and what one of them drops stays there for the others.
    """

    def __init__(self, folder: Path, capacity: int, durable: bool = False, shelf: Path | None = None) -> None:
        self.capacity = capacity
        self._blobs = shelf or folder / "blobs"
        self._shared = shelf is not None
        self._journal = Journal(folder / "items.journal", durable=durable)
        self._durable = durable
        self._maps: dict[str, _Map] | None = None

    def get(self, key: str) -> bytes | None:
        return self._journal.get(key)

    def put(self, key: str, value: bytes) -> bool:
        return self._journal.put(key, value)

    def delete(self, key: str) -> None:
        self._journal.delete(key)

    def keys(self, prefix: str) -> list[str]:
        return self._journal.keys(prefix)

    def reserve(self, sha256: str, shape: Shape) -> None:
        if sha256 in self._known():
            return
        if shape.size > free(self):
            raise NoSpace(size=shape.size)
        self._note(sha256, _Map(size=shape.size, chunk_bytes=shape.chunk_bytes))

    def write_chunk(self, sha256: str, index: int, data: bytes) -> None:
        known = self._known()[sha256]
        try:
            self._write(sha256, data, index * known.chunk_bytes)
        except OSError as error:
            raise NoSpace(size=len(data)) from error
        self._note(sha256, known.model_copy(update={"there": tuple(sorted({*known.there, index}))}))

    def missing(self, sha256: str) -> list[int]:
        known = self._known()[sha256]
        return [] if known.whole else [index for index in range(known.shape.chunks) if index not in known.there]

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
        """The bytes go first: a power cut in between leaves a blob that no longer fits its hash, never hidden bytes."""
        if sha256 in self._known():
            self._forget_bytes(sha256)
            self._journal.delete(MAPS + sha256)
            del self._known()[sha256]

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
            self._maps = {}
            for key in self._journal.keys(MAPS):
                with contextlib.suppress(ValidationError):
                    self._maps[key.removeprefix(MAPS)] = _Map.model_validate_json(self._journal.get(key) or b"")
        return self._maps

    def _note(self, sha256: str, known: _Map) -> None:
        if not self._journal.put(MAPS + sha256, known.model_dump_json().encode()):
            raise NoSpace(size=known.size)
        self._known()[sha256] = known

    def _forget_bytes(self, sha256: str) -> None:
        if not self._shared:
            with contextlib.suppress(OSError):
                (self._blobs / sha256).unlink()

    def _write(self, sha256: str, data: bytes, at: int) -> None:
        self._blobs.mkdir(parents=True, exist_ok=True)
        fd = os.open(self._blobs / sha256, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            os.pwrite(fd, data, at)
            if self._durable:
                os.fsync(fd)
        finally:
            os.close(fd)
