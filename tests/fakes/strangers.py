"""Servers of strangers: real sockets on addresses of this machine, that say what they are told, at their own pace."""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self

Says = Callable[[bytes], list[bytes]]
"""The head of a request to the pieces of the answer."""


def plain(status: str, body: bytes = b"", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
    return "\r\n".join(head).encode("latin-1") + body


class Stranger:
    """Answers each connection once; `heard` are the requests, `pause_s` lies between the pieces of an answer."""

    def __init__(self, says: Says, host: str, port: int = 0, pause_s: float = 0, tls: ssl.SSLContext | None = None):
        self._says, self._pause_s, self._tls = says, pause_s, tls
        self._listener = socket.create_server((host, port))
        self.port: int = self._listener.getsockname()[1]
        self.heard: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self.close()
        self._thread.join(5)

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                threading.Thread(target=self._answer, args=(line,), daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        with suppress(OSError), line:
            if self._tls:
                line = self._tls.wrap_socket(line, server_side=True)
            head = b""
            while b"\r\n\r\n" not in head and (more := line.recv(4096)):
                head += more
            self.heard.append(head)
            for piece in self._says(head):
                line.sendall(piece)
                time.sleep(self._pause_s)
