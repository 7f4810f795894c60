"""What is refused is cut off, and even what the application never sees is answered like all else."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import pytest

from api.cli.screen import log_to_stderr
from api.connections import Patience
from api.headers import HEADERS
from tests.api.test_slow_callers import HEAD, answer, call, served
from tests.fakes.desk import ApiDesk
from tests.fakes.desk_process import Server, desk_process

MB = 1 << 20
CHUNK = b"%x\r\n" % MB + b"\0" * MB + b"\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with desk_process(tmp_path_factory.mktemp("desk")) as found:
        yield found


def pour(line: socket.socket, seconds: float = 20, total: int = 1_000 * MB, chunk: bytes = CHUNK) -> int:
    """Send until nobody takes it; how much was taken."""
    sent, end = 0, time.monotonic() + seconds
    with suppress(OSError):
        while sent < total and time.monotonic() < end:
            line.sendall(chunk)
            sent += len(chunk)
    return sent


@pytest.mark.parametrize(
    ("start", "headers", "status"),
    [
        ("GET /api/v1/health", (), 200),
        ("POST /api/v1/areas", (), 401),
        ("POST /api/v1/enrolments", ("Content-Type: application/json",), 413),
        ("POST /login", ("Content-Type: application/x-www-form-urlencoded",), 413),
        ("PUT /nowhere", (), 413),
    ],
)
def test_who_has_been_answered_is_cut_off(server: Server, start: str, headers: tuple[str, ...], status: int) -> None:
    began = time.monotonic()
    with server.send(start, "Transfer-Encoding: chunked", *headers) as line:
        assert pour(line) < 16 * MB
        said = answer(line)
    assert said.startswith(b"HTTP/1.1 %d" % status) and b"connection: close" in said.lower()
    assert time.monotonic() - began < 10


def test_chunks_of_one_byte_keep_nobody_waiting(server: Server) -> None:
    with ThreadPoolExecutor(12) as crowd, ExitStack() as kept:
        lines = [kept.enter_context(server.send("POST /api/v1/areas", "Transfer-Encoding: chunked")) for _ in range(12)]
        poured = [crowd.submit(pour, line, 5, 2 * MB, b"1\r\n\0\r\n" * 150_000) for line in lines]
        took = []
        while not took or not all(one.done() for one in poured):
            began = time.monotonic()
            assert server.is_well()
            took.append(time.monotonic() - began)
    assert max(took) < 1, took


def test_a_length_that_is_too_great_is_refused_and_cut(server: Server) -> None:
    shown = f"Authorization: Bearer {server.key}"
    with server.send("POST /api/v1/bulletins", shown, "Content-Type: multipart/form-data; boundary=x",
                     f"Content-Length: {10 << 30}") as line:  # fmt: skip
        assert pour(line) < 16 * MB
        assert answer(line).startswith(b"HTTP/1.1 413")


def test_who_sends_a_little_too_much_without_listening_reads_why(server: Server) -> None:
    shown, size = f"Authorization: Bearer {server.key}", 900_000
    body = b"x" * size
    with server.send("POST /api/v1/alerts", shown, "Content-Type: application/json", f"Content-Length: {size}",
                     body=body) as line:  # fmt: skip
        assert answer(line).startswith(b"HTTP/1.1 413")


def test_what_was_sent_whole_leaves_the_line_open(desk: ApiDesk) -> None:
    with served(desk, Patience()) as port, call(port) as line:
        for _ in range(2):
            line.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")
            said = line.recv(65_536)
            assert said.startswith(b"HTTP/1.1 200") and b"connection: close" not in said.lower()


SMUGGLED = b"0\r\n\r\nGET /api/v1/health HTTP/1.1\r\nHost: loa\r\n\r\n"


@pytest.mark.parametrize("method", [b"GET", b"POST"])
def test_a_request_with_two_lengths_is_refused_and_nothing_after_it_is_read(desk: ApiDesk, method: bytes) -> None:
    said = HEAD.replace(b"GET", method) + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + SMUGGLED
    with served(desk, Patience()) as port, call(port, said) as line:
        began, told = time.monotonic(), answer(line)
    assert told.startswith(b"HTTP/1.1 400") and told.count(b"HTTP/1.1") == 1 and time.monotonic() - began < 3
    assert b"connection: close" in told.lower() and b'"request_broken"' in told


BROKEN = {
    "two lengths": HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "no host": b"GET /api/v1/health HTTP/1.1\r\n\r\n",
    "garbage": b"\x16\x03\x01\x02\x00",
    "words": b"all your base\r\n\r\n",
}


def dressed(told: bytes) -> dict[str, object]:
    """The problem in an answer; it wears what every answer wears."""
    head, _, body = told.partition(b"\r\n\r\n")
    lines = dict(line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:])
    assert {name.lower(): value.lower() for name, value in HEADERS.items()}.items() <= lines.items()
    assert lines["content-type"] == "application/problem+json" and lines["connection"] == "close"
    found: dict[str, object] = json.loads(body)
    return found


@pytest.mark.parametrize("said", BROKEN.values(), ids=BROKEN)
def test_what_is_no_request_is_answered_like_all_else(desk: ApiDesk, said: bytes) -> None:
    with served(desk, Patience()) as port, call(port, said) as line:
        told = answer(line)
    problem = dressed(told)
    assert told.startswith(b"HTTP/1.1 400") and problem["code"] == "request_broken" and problem["status"] == 400


def test_a_body_that_breaks_off_its_form_after_the_answer_began_ends_the_line(desk: ApiDesk) -> None:
    with served(desk, Patience()) as port:
        with call(port, HEAD + b"Transfer-Encoding: chunked\r\n\r\n") as line:
            assert line.recv(65_536).startswith(b"HTTP/1.1 200")
            line.sendall(b"no chunk\r\n")
            assert answer(line).count(b"HTTP/1.1") == 0
        assert call(port, HEAD + b"\r\n").recv(12) == b"HTTP/1.1 200"


def test_more_than_all_are_told_in_the_same_form(desk: ApiDesk) -> None:
    with served(desk, Patience(most=3)) as port, call(port), call(port), call(port), call(port, HEAD + b"\r\n") as line:
        told = answer(line)
    assert told.startswith(b"HTTP/1.1 503") and dressed(told)["code"] == "crowded"
    assert b"retry-after: 2" in told.lower()


@pytest.mark.parametrize("as_json", [True, False])
def test_the_line_about_it_has_the_form_of_the_log(
    desk: ApiDesk, own_log: None, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    log_to_stderr(as_json=as_json)
    with served(desk, Patience()) as port, call(port, BROKEN["words"]) as line:
        assert answer(line)
    (said,) = capsys.readouterr().err.splitlines()
    assert "Invalid HTTP request" in said and said.isprintable()
    if as_json:
        told = json.loads(said)
        assert (told["level"], told["logger"]) == ("warning", "uvicorn.error") and told["timestamp"]
    else:
        assert said.startswith("20") and "[warning" in said
