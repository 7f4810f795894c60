"""Watches what a judged file makes us do: which other files are opened, and who calls."""

import ctypes
import os
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OPENED = 0x20
HEADER = struct.Struct("iIII")


@contextmanager
def opened_files(folder: Path) -> Iterator[set[str]]:
    """Names of the files of `folder` that any process opens meanwhile; filled in at the end."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.inotify_init1(os.O_NONBLOCK)
    assert descriptor >= 0 and libc.inotify_add_watch(descriptor, os.fsencode(folder), OPENED) >= 0
    names: set[str] = set()
    try:
        yield names
        names.update(_names(descriptor))
    finally:
        os.close(descriptor)


def _names(descriptor: int) -> Iterator[str]:
    try:
        events = os.read(descriptor, 1 << 20)
    except BlockingIOError:
        return
    offset = 0
    while offset < len(events):
        length = HEADER.unpack_from(events, offset)[3]
        offset += HEADER.size + length
        yield os.fsdecode(events[offset - length : offset].rstrip(b"\0"))


@contextmanager
def listening() -> Iterator[tuple[int, list[object]]]:
    """A port on this machine, and the list of those who connected to it (TCP) or wrote to it (UDP)."""
    callers: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        udp.bind(tcp.getsockname())
        threads = [
            threading.Thread(target=_note, args=(call, callers), daemon=True)
            for call in (tcp.accept, lambda: udp.recvfrom(1))
        ]
        for thread in threads:
            thread.start()
        yield tcp.getsockname()[1], callers


def _note(wait: object, callers: list[object]) -> None:
    try:
        callers.append(wait())  # type: ignore[operator]
    except OSError:
        return
