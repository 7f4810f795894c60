"""Flash in memory: for fleets that forget, for rehearsal and tests."""

from dataclasses import dataclass, field

from firmware_sim.errors import NoSpace
from firmware_sim.flash import Shape, free


@dataclass
class _Blob:
    shape: Shape
    chunks: dict[int, bytes] = field(default_factory=dict)
    whole: bytes | None = None
    played: int = 0


class MemoryFlash:
    """See the port `Flash`."""

    def __init__(self, capacity: int, item_bytes: int = 4 * 1024 * 1024) -> None:
        self.capacity = capacity
        self._item_bytes = item_bytes
        self._items: dict[str, bytes] = {}
        self._used = 0
        self._blobs: dict[str, _Blob] = {}
        self._plays = 0

    def get(self, key: str) -> bytes | None:
        return self._items.get(key)

    def put(self, key: str, value: bytes) -> bool:
        used = self._used - len(self._items.get(key, b"")) + len(value)
        if used > self._item_bytes:
            return False
        self._items[key], self._used = value, used
        return True

    def delete(self, key: str) -> None:
        self._used -= len(self._items.pop(key, b""))

    def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self._items if key.startswith(prefix))

    def reserve(self, sha256: str, shape: Shape) -> None:
        if sha256 in self._blobs:
            return
        if shape.size > free(self):
            raise NoSpace(size=shape.size)
        self._blobs[sha256] = _Blob(shape)

    def write_chunk(self, sha256: str, index: int, data: bytes) -> None:
        self._blobs[sha256].chunks[index] = data

    def missing(self, sha256: str) -> list[int]:
        blob = self._blobs[sha256]
        return [] if blob.whole else [i for i in range(blob.shape.chunks) if i not in blob.chunks]

    def seal(self, sha256: str) -> None:
        blob = self._blobs[sha256]
        blob.whole, blob.chunks = self.read(sha256), {}

    def has(self, sha256: str) -> bool:
        blob = self._blobs.get(sha256)
        return blob is not None and blob.whole is not None

    def read(self, sha256: str) -> bytes:
        blob = self._blobs.get(sha256)
        if blob is None:
            return b""
        return blob.whole or b"".join(blob.chunks[index] for index in sorted(blob.chunks))

    def drop(self, sha256: str) -> None:
        self._blobs.pop(sha256, None)

    def touch(self, sha256: str) -> None:
        self._plays += 1
        self._blobs[sha256].played = self._plays

    def whole(self) -> list[str]:
        held = [sha256 for sha256 in self._blobs if self.has(sha256)]
        return sorted(held, key=lambda sha256: (self._blobs[sha256].played == 0, self._blobs[sha256].played))

    def held(self) -> dict[str, int]:
        return {sha256: blob.shape.size for sha256, blob in self._blobs.items()}
