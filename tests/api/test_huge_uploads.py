"""Uploads that are huge, endless, or lie about their length cost no memory and no disk (G1)."""

import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

MB = 1 << 20
ALLOWED = 50 * MB
HEAD = (
    b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nThu\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
)


@dataclass
class Server:
    """The interface in a process of its own."""

    child: subprocess.Popen[bytes]
    port: int
    key: str
    incoming: Path

    def forget_peak(self) -> int:
        """Begin to watch its memory anew; what it holds now, bytes."""
        Path(f"/proc/{self.child.pid}/clear_refs").write_text("5", "ascii")
        return self.peak()

    def peak(self) -> int:
        """The most memory that it has held, bytes."""
        status = Path(f"/proc/{self.child.pid}/status").read_text("ascii")
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024

    def call(self, *headers: str) -> socket.socket:
        """A connection on which an upload has begun."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        said = [
            "POST /api/v1/bulletins HTTP/1.1", "Host: loa", f"Authorization: Bearer {self.key}",
            "Content-Type: multipart/form-data; boundary=x", *headers,
        ]  # fmt: skip
        line.sendall("\r\n".join([*said, "", ""]).encode())
        return line

    def is_well(self) -> bool:
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as line:
            line.sendall(b"GET /api/v1/health HTTP/1.1\r\nHost: loa\r\nConnection: close\r\n\r\n")
            return status_of(line) == 200


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("desk")
    command = [sys.executable, "-m", "tests.fakes.desk_server", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as child:
        assert child.stdout is not None
        said = json.loads(child.stdout.readline())
        found = Server(child, said["port"], said["key"], folder / "office" / "incoming")
        assert found.is_well()
        yield found
        child.kill()


def status_of(line: socket.socket) -> int:
    answer = b""
    while b"\r\n\r\n" not in answer:
        more = line.recv(65_536)
        if not more:
            break
        answer += more
    return int(answer.split(b" ")[1]) if answer else 0


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
    with server.call(f"Content-Length: {10 << 30}") as line:
        assert status_of(line) == 413
    assert server.is_well() and not list(server.incoming.iterdir())


@pytest.mark.parametrize("total", [400 * MB, pytest.param(10 << 30, marks=pytest.mark.full)])
def test_an_upload_without_end_is_refused_at_its_limit(server: Server, total: int) -> None:
    before = server.forget_peak()
    with server.call("Transfer-Encoding: chunked") as line:
        pouring = threading.Thread(target=pour, args=(line, total))
        pouring.start()
        assert status_of(line) == 413
        pouring.join()
    assert server.peak() - before < ALLOWED
    assert server.is_well() and not list(server.incoming.iterdir())


def test_who_hangs_up_in_the_middle_leaves_nothing(server: Server) -> None:
    with server.call(f"Content-Length: {100 * MB}") as line:
        line.sendall(HEAD + b"\0" * 20 * MB)
    for _ in range(200):
        if not list(server.incoming.iterdir()):
            break
        assert server.is_well()
    assert not list(server.incoming.iterdir())


def test_who_sends_more_than_was_declared_is_not_believed(server: Server) -> None:
    with server.call(f"Content-Length: {len(HEAD)}") as line:
        line.sendall(HEAD + b"\0" * MB)
        assert status_of(line) == 400
    assert server.is_well() and not list(server.incoming.iterdir())


@pytest.mark.full
def test_many_large_uploads_at_once_stay_small_in_memory(server: Server) -> None:
    before = server.forget_peak()
    lines = [server.call("Transfer-Encoding: chunked") for _ in range(16)]
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
