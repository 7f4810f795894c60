"""Uploads that are huge, endless, or lie about their length cost no memory and no disk (G1)."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.fakes.desk_process import Server, desk_process, status_of

MB = 1 << 20
ALLOWED = 50 * MB
HEAD = (
    b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nThu\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
)


def call(server: Server, *headers: str) -> socket.socket:
    """A connection on which an upload has begun."""
    said = (f"Authorization: Bearer {server.key}", "Content-Type: multipart/form-data; boundary=x", *headers)
    return server.send("POST /api/v1/bulletins", *said)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with desk_process(tmp_path_factory.mktemp("desk")) as found:
        yield found


def pour(line: socket.socket, total: int) -> int:
    """Send a form whose file does not end, chunked, until it is all sent or nobody takes it; what was sent."""
    piece = b"\0" * MB
    chunk = b"%x\r\n" % len(piece) + piece + b"\r\n"
    sent = 0
    with suppress(OSError):
        line.sendall(b"%x\r\n" % len(HEAD) + HEAD + b"\r\n")
        while sent < total:
            line.sendall(chunk)
            sent += len(piece)
    return sent


def test_ten_gigabytes_declared_are_refused_at_the_first_byte(server: Server) -> None:
    with call(server, f"Content-Length: {10 << 30}") as line:
        assert status_of(line) == 413
    assert server.is_well() and not list(server.incoming.iterdir())


@pytest.mark.parametrize("total", [400 * MB, pytest.param(10 << 30, marks=pytest.mark.full)])
def test_an_upload_without_end_is_refused_at_its_limit(server: Server, total: int) -> None:
    before = server.forget_peak()
    with call(server, "Transfer-Encoding: chunked") as line:
        pouring = threading.Thread(target=pour, args=(line, total))
        pouring.start()
        assert status_of(line) == 413
        pouring.join()
    assert server.peak() - before < ALLOWED
    assert server.is_well() and not list(server.incoming.iterdir())


def test_who_hangs_up_in_the_middle_leaves_nothing(server: Server) -> None:
    with call(server, f"Content-Length: {100 * MB}") as line:
        line.sendall(HEAD + b"\0" * 20 * MB)
    for _ in range(200):
        if not list(server.incoming.iterdir()):
            break
        assert server.is_well()
    assert not list(server.incoming.iterdir())


def test_who_sends_more_than_was_declared_is_not_believed(server: Server) -> None:
    with call(server, f"Content-Length: {len(HEAD)}") as line:
        line.sendall(HEAD + b"\0" * MB)
        assert status_of(line) == 400
    assert server.is_well() and not list(server.incoming.iterdir())


@pytest.mark.full
def test_many_large_uploads_at_once_stay_small_in_memory(server: Server) -> None:
    before = server.forget_peak()
    lines = [call(server, "Transfer-Encoding: chunked") for _ in range(16)]
    threads = [threading.Thread(target=pour, args=(line, 60 * MB)) for line in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    grown = server.peak() - before
    for line in lines:
        line.close()
    assert grown < ALLOWED, grown
    assert server.is_well()
