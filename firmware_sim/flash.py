"""The speaker's bounded memory that survives a power cut: one port, and what its stores share.

Two kinds of content: small items by key (state), and blobs that arrive chunk by chunk and become whole.
Knows nothing of orders; the caller says which blobs must stay.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from firmware_sim.errors import NoSpace


@dataclass(frozen=True)
class Shape:
    """How a blob is cut: whole length and chunk length, bytes."""

    size: int
    chunk_bytes: int

    @property
    def chunks(self) -> int:
        return -(-self.size // self.chunk_bytes)


class Flash(Protocol):
    """What both stores answer alike; each write is whole or did not happen."""

    capacity: int
    """Room for blobs, bytes; small items have room of their own."""

    def get(self, key: str) -> bytes | None:
        """A small item; keys are lower-case words, digits, dots and dashes, in folders by `/`."""
        ...

    def put(self, key: str, value: bytes) -> bool:
        """Keep a small item; False if there is no room, and the old one stays."""
        ...

    def delete(self, key: str) -> None: ...

    def keys(self, prefix: str) -> list[str]:
        """Keys below a folder such as `memory/`, sorted."""
        ...

    def reserve(self, sha256: str, shape: Shape) -> None:
        """Make a place for a blob's chunks, or keep the one there is; NoSpace if it does not fit."""
        ...

    def write_chunk(self, sha256: str, index: int, data: bytes) -> None:
        """Keep one chunk of a reserved blob; NoSpace if the disk is full after all."""
        ...

    def missing(self, sha256: str) -> list[int]:
        """Chunks that a reserved blob still lacks, in order."""
        ...

    def seal(self, sha256: str) -> None:
        """Declare a blob whole, once the caller has checked it."""
        ...

    def has(self, sha256: str) -> bool:
        """Whether the blob is whole."""
        ...

    def read(self, sha256: str) -> bytes:
        """All bytes of a blob, whole or not yet; nothing if it is gone."""
        ...

    def drop(self, sha256: str) -> None: ...

    def touch(self, sha256: str) -> None:
        """Note that a whole blob was played: the one played longest ago goes first."""
        ...

    def whole(self) -> list[str]:
        """Whole blobs, those never played last, else the one played longest ago first."""
        ...

    def held(self) -> dict[str, int]:
        """Bytes that each blob takes, partial ones by their whole length."""
        ...


def free(flash: Flash) -> int:
    """Bytes left for blobs; none where the flash has shrunk below what it holds."""
    return max(0, _left(flash))


def make_room(flash: Flash, size: int, keep: Iterable[str]) -> None:
    """Drop blobs outside `keep` until `size` bytes fit: partial ones, then the longest played; else NoSpace."""
    kept = set(keep)
    ordered = [*(blob for blob in flash.held() if not flash.has(blob)), *flash.whole()]
    going = [blob for blob in ordered if blob not in kept]
    held = flash.held()
    if size > _left(flash) + sum(held[blob] for blob in going):
        raise NoSpace(size=size, free=free(flash))
    for blob in going:
        if _left(flash) >= size:
            return
        flash.drop(blob)


def _left(flash: Flash) -> int:
    """As `free`; less than none where the flash has shrunk."""
    return flash.capacity - sum(flash.held().values())
