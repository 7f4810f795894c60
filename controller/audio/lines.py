"""Cuts a stream of bytes into lines and hands each on."""

from collections.abc import Callable

MAX_LINE = 64 * 1024


class Lines:
    """Feed it chunks; `each` gets every whole line without its end. An endless line is cut, not kept."""

    def __init__(self, each: Callable[[bytes], None]) -> None:
        self._each = each
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        *whole, rest = (self._rest + chunk).split(b"\n")
        for line in whole:
            self._each(line)
        self._rest = rest[-MAX_LINE:]
