"""Connections of one call to the outside: to addresses that were judged, and with what is left of its time."""

import ssl
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

import httpcore
import httpx

from controller.errors.machine import OutwardFailed


class Call(Protocol):
    """What a connection asks of the call that it is for."""

    @property
    def tls(self) -> ssl.SSLContext: ...

    def left(self) -> float:
        """Seconds; OutwardFailed where there are none."""

    def addresses(self, name: str, port: int) -> Sequence[str]:
        """Where the name is, if all of it may be reached; else OutwardRefused."""


class Transport(httpx.BaseTransport):
    """HTTP/1.1 over connections that only `_Backend` makes."""

    def __init__(self, call: Call) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=call.tls, network_backend=_Backend(call), max_keepalive_connections=0
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(
            scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port,
            target=request.url.raw_path,
        )  # fmt: skip
        answer = self._pool.handle_request(
            httpcore.Request(request.method, url, headers=request.headers.raw, content=request.read())
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Stream(answer))

    def close(self) -> None:
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _Backend(httpcore.NetworkBackend):
    """Connects to the address that was judged; the name is only for TLS and the header Host."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        failed: Exception = OutwardFailed(why="unknown_name")
        for address in self._call.addresses(host, port):
            try:
                return _Bounded(self._sockets.connect_tcp(address, port, timeout=self._call.left()), self._call)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


class _Bounded(httpcore.NetworkStream):
    """A connection whose every step has what is left of the time, however little the other side sends at once."""

    def __init__(self, stream: httpcore.NetworkStream, call: Call) -> None:
        self._stream, self._call = stream, call

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._call.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._call.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Bounded(self._stream.start_tls(ssl_context, server_hostname, self._call.left()), self._call)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
