"""Small items in one append-only file: a change is one short write, and a cut leaves the old or the new item.

Replacing a file by rename costs a thousand times as much on common file systems. Each record carries a checksum;
what a power cut tore off at the end is dropped at the next start. When most of the file is history it is
written anew.
"""

import contextlib
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

HEAD = struct.Struct("<IHi")
"""CRC-32 of the rest, length of the key, length of the value (-1: deleted)."""
ROOM = 4 * 1024 * 1024
"""Bytes that all items together may take."""
HISTORY = 256 * 1024
"""Bytes of history that are not worth a clean-up."""


class Journal:
    """Opened at the first use. `durable` waits for the disk after every write."""

    def __init__(self, path: Path, room: int = ROOM, durable: bool = False) -> None:
        self._path = path
        self._room = room
        self._durable = durable
        self._fd: int | None = None
        self._items: dict[str, bytes] = {}
        self._live = 0
        self._written = 0

    def get(self, key: str) -> bytes | None:
        return self._open().get(key)

    def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self._open() if key.startswith(prefix))

    def put(self, key: str, value: bytes) -> bool:
        """False if there is no room, or the disk refused; the old item then stays."""
        before = self._open().get(key)
        if self._live + len(value) - len(before or b"") > self._room:
            return False
        if not self._append(key, value):
            return False
        self._live += len(value) - len(before or b"")
        self._items[key] = value
        self._clean_up()
        return True

    def delete(self, key: str) -> None:
        """On a full disk the item may come back at the next start."""
        if key in self._open():
            self._append(key, None)
            self._live -= len(self._items.pop(key))

    def close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _open(self) -> dict[str, bytes]:
        if self._fd is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            self._replay()
        return self._items

    def _replay(self) -> None:
        self._items, self._written = {}, 0
        raw = self._path.read_bytes()
        for key, value, end in _records(raw):
            self._written = end
            if value is None:
                self._items.pop(key, None)
            else:
                self._items[key] = value
        self._live = sum(len(value) for value in self._items.values())

    def _append(self, key: str, value: bytes | None) -> bool:
        """Write over whatever an earlier failure left behind the last whole record."""
        if self._fd is None:
            return False
        record = _record(key, value)
        try:
            if os.pwrite(self._fd, record, self._written) < len(record):
                return False
            if self._durable:
                os.fsync(self._fd)
        except OSError:
            return False
        self._written += len(record)
        return True

    def _clean_up(self) -> None:
        if self._written < HISTORY + 4 * self._live:
            return
        aside = self._path.with_suffix(".new")
        with contextlib.suppress(OSError):
            with aside.open("wb") as file:
                file.writelines(_record(key, value) for key, value in self._items.items())
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self._path)
            self.close()
            self._open()


def _record(key: str, value: bytes | None) -> bytes:
    name = key.encode()
    body = HEAD.pack(0, len(name), -1 if value is None else len(value))[4:] + name + (value or b"")
    return struct.pack("<I", zlib.crc32(body)) + body


def _records(raw: bytes) -> Iterator[tuple[str, bytes | None, int]]:
    """Key, value and end of each whole record, up to the first that is not."""
    at = 0
    while at + HEAD.size <= len(raw):
        checksum, key_length, value_length = HEAD.unpack_from(raw, at)
        begin = at + HEAD.size + key_length
        end = begin + max(0, value_length)
        if end > len(raw) or zlib.crc32(raw[at + 4 : end]) != checksum:
            return
        value = None if value_length < 0 else raw[begin:end]
        yield raw[begin - key_length : begin].decode(), value, end
        at = end
