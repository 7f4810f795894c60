"""Small items in one append-only file: a change is one short write, and a cut leaves the old or the new item.

Replacing a file by rename costs a thousand times as much on common file systems. Each record carries a checksum;
what a power cut tore off at the end is dropped at the next start, and a record that rots is skipped: the item is
then what it was before. When most of the file is history it is written anew. The file is opened for each write
(10 us): thousands of speakers in one process have no room for open files.
"""

import contextlib
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

HEAD = struct.Struct("<IHi")
"""CRC-32 of the rest, length of the key, length of the value (-1: deleted)."""
LONGEST_KEY = 255
"""Bytes; a longer one is refused, so that rubbish is known as such at a glance."""
ROOM = 4 * 1024 * 1024
"""Bytes that all items together may take."""
HISTORY = 256 * 1024
"""Bytes of history that are not worth a clean-up."""


class Journal:
    """Read at the first use. `durable` waits for the disk after every write."""

    def __init__(self, path: Path, room: int = ROOM, durable: bool = False) -> None:
        self._path = path
        self._room = room
        self._durable = durable
        self._items: dict[str, bytes] | None = None
        self._live = 0
        self._written = 0

    def get(self, key: str) -> bytes | None:
        return self._read().get(key)

    def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self._read() if key.startswith(prefix))

    def put(self, key: str, value: bytes) -> bool:
        """False if there is no room, or the disk refused; the old item then stays."""
        items = self._read()
        grown = len(value) - len(items.get(key, b""))
        fits = self._live + grown <= self._room and len(key.encode()) <= LONGEST_KEY
        if not fits or not self._append(key, value):
            return False
        self._live += grown
        items[key] = value
        self._clean_up(items)
        return True

    def delete(self, key: str) -> None:
        """On a full disk the item may come back at the next start."""
        items = self._read()
        if key in items:
            self._append(key, None)
            self._live -= len(items.pop(key))

    def _read(self) -> dict[str, bytes]:
        if self._items is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._items = self._replay()
            self._live = sum(len(value) for value in self._items.values())
        return self._items

    def _replay(self) -> dict[str, bytes]:
        items: dict[str, bytes] = {}
        self._written = 0
        raw = self._path.read_bytes() if self._path.exists() else b""
        for key, value, end in _records(raw):
            self._written = end
            if value is None:
                items.pop(key, None)
            else:
                items[key] = value
        return items

    def _append(self, key: str, value: bytes | None) -> bool:
        """Write over whatever an earlier failure left behind the last whole record."""
        record = _record(key, value)
        try:
            fd = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                if os.pwrite(fd, record, self._written) < len(record):
                    return False
                if self._durable:
                    os.fsync(fd)
            finally:
                os.close(fd)
        except OSError:
            return False
        self._written += len(record)
        return True

    def _clean_up(self, items: dict[str, bytes]) -> None:
        if self._written < HISTORY + 4 * self._live:
            return
        aside = self._path.with_suffix(".new")
        records = [_record(key, value) for key, value in items.items()]
        with contextlib.suppress(OSError):
            with aside.open("wb") as file:
                file.writelines(records)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self._path)
            self._written = sum(map(len, records))


def _record(key: str, value: bytes | None) -> bytes:
    name = key.encode()
    body = HEAD.pack(0, len(name), -1 if value is None else len(value))[4:] + name + (value or b"")
    return struct.pack("<I", zlib.crc32(body)) + body


def _records(raw: bytes) -> Iterator[tuple[str, bytes | None, int]]:
    """Key, value and end of each whole record; what is none is skipped, letter by letter."""
    at = 0
    while at + HEAD.size <= len(raw):
        record = _record_at(raw, at)
        at = at + 1 if record is None else record[2]
        if record is not None:
            yield record


def _record_at(raw: bytes, at: int) -> tuple[str, bytes | None, int] | None:
    checksum, key_length, value_length = HEAD.unpack_from(raw, at)
    begin = at + HEAD.size + key_length
    end = begin + max(0, value_length)
    if key_length > LONGEST_KEY or value_length < -1 or end > len(raw):
        return None
    if zlib.crc32(memoryview(raw)[at + 4 : end]) != checksum:
        return None
    return raw[begin - key_length : begin].decode(), None if value_length < 0 else raw[begin:end], end
