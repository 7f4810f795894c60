"""A flash that misbehaves: full, slow, rotten, or without power in the middle of a write. Wraps a `Flash`.

Rot is what the reader sees: a blob comes back with bits turned, a small item (stored with a checksum) not at all.
"""

from firmware_sim.errors import NoSpace
from firmware_sim.flash import Flash, Shape, free

PAGE, PAGE_US = 2_048, 250
"""Bytes written at a time and us for it: typical of SPI NAND (tPROG 250 us, W25N01GV data sheet)."""
BLOCK, BLOCK_US = 131_072, 2_000
"""Bytes erased at a time and us for it (tBE 2 ms, same sheet)."""
NOTE_BYTES = 64
"""What a change of a blob's map takes, about."""


class PowerDied(BaseException):
    """The power went in the middle of a write; no code of the speaker may go on, as none would."""


def write_time(size: int, slowness: float = 1.0) -> int:
    """us to write `size` bytes; `slowness` 1 is a healthy chip, worn ones and cheap cards reach 100."""
    pages, blocks = -(-size // PAGE), -(-size // BLOCK)
    return round((pages * PAGE_US + blocks * BLOCK_US) * slowness)


class FaultyFlash:
    """See the port `Flash`. Healthy until told otherwise; a write counts as done or not at all."""

    __slots__ = ("_dies_in", "_inner", "_lost", "_lost_items", "_owed", "_rot", "_slowness")

    def __init__(self, inner: Flash) -> None:
        self._inner = inner
        self._lost = 0
        self._lost_items: set[str] = set()
        self._rot: dict[str, set[int]] = {}
        self._slowness = 0.0
        self._owed = 0
        self._dies_in: int | None = None

    # Faults

    def lose_room(self, size: int) -> None:
        """So many bytes of the room for blobs hold nothing any more; 0: all is well."""
        self._lost = size

    def fill(self) -> None:
        """There is no room for blobs, however often that is said."""
        self._lost = self._inner.capacity

    def slow_down(self, slowness: float) -> None:
        """Writes take time from now on, see `write_time`; 0: none."""
        self._slowness = slowness

    def take_delay(self) -> int:
        """us that writes have taken since the last call: the caller lets that time pass."""
        owed, self._owed = self._owed, 0
        return owed

    def rot(self, sha256: str, bit: int) -> None:
        """Turn one bit of a stored blob, counted from its first byte's lowest."""
        self._rot.setdefault(sha256, set()).symmetric_difference_update({bit})

    def rot_item(self, key: str) -> None:
        """A small item no longer fits its checksum."""
        self._lost_items.add(key)

    def die_in(self, size: int | None) -> None:
        """The power goes after `size` more bytes written: that write does not happen, PowerDied is raised."""
        self._dies_in = size

    # The port

    @property
    def capacity(self) -> int:
        return max(0, self._inner.capacity - self._lost)

    @capacity.setter
    def capacity(self, size: int) -> None:
        self._inner.capacity = size

    def get(self, key: str) -> bytes | None:
        return None if key in self._lost_items else self._inner.get(key)

    def put(self, key: str, value: bytes) -> bool:
        self._write(len(key) + len(value))
        kept = self._inner.put(key, value)
        if kept:
            self._lost_items.discard(key)
        return kept

    def delete(self, key: str) -> None:
        self._write(NOTE_BYTES)
        self._inner.delete(key)
        self._lost_items.discard(key)

    def keys(self, prefix: str) -> list[str]:
        return self._inner.keys(prefix)

    def reserve(self, sha256: str, shape: Shape) -> None:
        self._write(NOTE_BYTES)
        if sha256 not in self.held() and shape.size > free(self):
            raise NoSpace(size=shape.size)
        self._inner.reserve(sha256, shape)

    def write_chunk(self, sha256: str, index: int, data: bytes) -> None:
        self._write(len(data))
        self._inner.write_chunk(sha256, index, data)

    def missing(self, sha256: str) -> list[int]:
        return self._inner.missing(sha256)

    def seal(self, sha256: str) -> None:
        self._write(NOTE_BYTES)
        self._inner.seal(sha256)

    def has(self, sha256: str) -> bool:
        return self._inner.has(sha256)

    def read(self, sha256: str) -> bytes:
        content = self._inner.read(sha256)
        return _turned(content, self._rot[sha256]) if sha256 in self._rot else content

    def drop(self, sha256: str) -> None:
        self._write(NOTE_BYTES)
        self._inner.drop(sha256)
        self._rot.pop(sha256, None)

    def touch(self, sha256: str) -> None:
        self._write(NOTE_BYTES)
        self._inner.touch(sha256)

    def whole(self) -> list[str]:
        return self._inner.whole()

    def held(self) -> dict[str, int]:
        return self._inner.held()

    def _write(self, size: int) -> None:
        if self._dies_in is not None:
            self._dies_in -= size
            if self._dies_in < 0:
                self._dies_in = None
                raise PowerDied
        if self._slowness:
            self._owed += write_time(size, self._slowness)


def _turned(content: bytes, bits: set[int]) -> bytes:
    changed = bytearray(content)
    for bit in bits:
        if bit // 8 < len(changed):
            changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
