"""A broker that does as it is told, also what no good broker does; one script for each connection in turn."""

import socket
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Self, cast

CONNECT, PUBLISH, SUBSCRIBE, DISCONNECT = 1, 3, 8, 14


@dataclass(frozen=True)
class Script:
    """`connack`: the return code, None for no answer. `suback`: the codes, None for no answer. `mute`: after
    the SUBACK it reads nothing more. `then`: bytes sent after the SUBACK.
    """

    connack: int | None = 0
    suback: bytes | None = b"\x01"
    mute: bool = False
    then: bytes = b""


class ScriptedBroker:
    """Listens on a free port; the last script serves all further connections. `heard` are (type, body)."""

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None) -> None:
        self.heard: list[tuple[int, bytes]] = []
        self.connections = 0
        self._scripts: Sequence[Script] = scripts or (Script(),)
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def bodies(self, kind: int) -> list[bytes]:
        return [body for heard, body in self.heard if heard == kind]

    def drop(self) -> None:
        """Cut every connection."""
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()
        self.drop()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            script = self._scripts[min(self.connections, len(self._scripts) - 1)]
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection, script), daemon=True).start()

    def _serve(self, connection: socket.socket, script: Script) -> None:
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._open.append(connection)
            self._answer(connection, script)
        except OSError:
            connection.close()

    def _answer(self, connection: socket.socket, script: Script) -> None:
        with connection.makefile("rb") as reader:
            stream = cast(BinaryIO, reader)
            while head := stream.read(1):
                kind, body = head[0] >> 4, stream.read(_length(stream))
                self.heard.append((kind, body))
                if kind == CONNECT and script.connack is not None:
                    connection.sendall(bytes([0x20, 2, 0, script.connack]))
                elif kind == PUBLISH and head[0] & 2:
                    after_topic = 2 + int.from_bytes(body[:2], "big")
                    connection.sendall(b"\x40\x02" + body[after_topic : after_topic + 2])
                elif kind == SUBSCRIBE and script.suback is not None:
                    connection.sendall(bytes([0x90, 2 + len(script.suback)]) + body[:2] + script.suback)
                    connection.sendall(script.then)
                    if script.mute:
                        threading.Event().wait(60)


def _length(stream: BinaryIO) -> int:
    length, shift = 0, 0
    while True:
        byte = stream.read(1)[0]
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return length
