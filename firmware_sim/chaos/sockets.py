"""One of the two TCP connections of a passage; tells what happens at it, and decides nothing."""

import asyncio
import socket
import struct
from typing import Literal, Protocol, cast

Side = Literal["client", "broker"]
BUFFER = 16 * 1024
"""What the system may hold for us from the broker: the link, not this machine, is where bytes wait."""


class Listener(Protocol):
    def on_open(self, side: Side) -> None: ...

    def on_data(self, side: Side, data: bytes) -> None: ...

    def on_lost(self, side: Side) -> None: ...

    def on_blocked(self, side: Side, blocked: bool) -> None:
        """The peer takes nothing for now, or takes again."""


class Socket(asyncio.Protocol):
    """One of the two sockets; tells the passage what happens at it."""

    def __init__(self, listener: Listener, side: Side) -> None:
        self._listener = listener
        self._side: Side = side
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        found: socket.socket = self.transport.get_extra_info("socket")
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._side == "broker":
            found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self._listener.on_open(self._side)

    def data_received(self, data: bytes) -> None:
        self._listener.on_data(self._side, data)

    def connection_lost(self, _error: Exception | None) -> None:
        self.transport = None
        self._listener.on_lost(self._side)

    def pause_writing(self) -> None:
        self._listener.on_blocked(self._side, True)

    def resume_writing(self) -> None:
        self._listener.on_blocked(self._side, False)

    def write(self, data: bytes) -> None:
        if self.transport is not None:
            self.transport.write(data)

    def read_on(self, on: bool) -> None:
        if self.transport is not None and not self.transport.is_closing():
            if on:
                self.transport.resume_reading()
            else:
                self.transport.pause_reading()

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def reset(self) -> None:
        """End it with RST: what it still had to say is lost."""
        if self.transport is not None:
            found = self.transport.get_extra_info("socket")
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()
