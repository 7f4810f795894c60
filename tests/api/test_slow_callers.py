"""Callers who say nothing, or say it letter by letter, keep nobody out (G1): real sockets, the real server."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest
from starlette.responses import Response

from api.connections import Patience, server
from tests.fakes.desk import ApiDesk, Place

HEAD = b"GET /api/v1/health HTTP/1.1\r\nHost: loa\r\n"


@contextmanager
def served(desk: ApiDesk, patience: Patience) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0), backlog=1_024) as listener:
        web = server(desk.app, patience)
        thread = threading.Thread(target=lambda: web.run(sockets=[listener]))
        thread.start()
        while not web.started:
            time.sleep(0.01)
        try:
            yield listener.getsockname()[1]
        finally:
            web.should_exit = web.force_exit = True
            thread.join()


def call(port: int, said: bytes = b"") -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=20)
    line.sendall(said)
    return line


def answer(line: socket.socket) -> bytes:
    """All that comes until the line is closed; nothing where it was cut off."""
    found = b""
    with suppress(OSError):
        while more := line.recv(65_536):
            found += more
    return found


def ask(port: int, said: bytes = HEAD) -> tuple[int, float]:
    """Status, and how long it took."""
    began = time.monotonic()
    with call(port, said + b"Connection: close\r\n\r\n") as line:
        return int(answer(line).split(b" ")[1]), time.monotonic() - began


def seconds_until_cut(line: socket.socket, drip: Callable[[], bytes]) -> float:
    began = time.monotonic()
    line.settimeout(0.05)
    while time.monotonic() - began < 10:
        try:
            line.sendall(drip())
            if line.recv(1) == b"":
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - began


def test_hundreds_who_say_nothing_keep_neither_a_question_nor_an_alert_out(desk: ApiDesk) -> None:
    place = Place(desk.client())
    alert = json.dumps({"text": "Nước lũ dâng nhanh.", "areas": [place.area], "expires_in_s": 60}).encode()
    head = (
        f"POST /api/v1/alerts HTTP/1.1\r\nHost: loa\r\nContent-Type: application/json\r\nConnection: close\r\n"
        f"Content-Length: {len(alert)}\r\nAuthorization: Bearer {desk.keys['emergency']}\r\n\r\n"
    )
    with served(desk, Patience(head_s=60)) as port, ExitStack() as idle:
        for number in range(500):
            idle.enter_context(call(port, HEAD if number % 2 else b""))
        status, took = ask(port)
        assert status == 200 and took < 2
        with call(port, head.encode() + alert) as line:
            began = time.monotonic()
            assert answer(line).startswith(b"HTTP/1.1 201") and time.monotonic() - began < 2


def test_hundreds_of_bodies_that_never_end_keep_nobody_out(desk: ApiDesk) -> None:
    body = b"POST /api/v1/areas HTTP/1.1\r\nHost: loa\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
    with served(desk, Patience()) as port, ExitStack() as idle:
        for _ in range(400):
            idle.enter_context(call(port, body))
        status, took = ask(port)
    assert status == 200 and took < 2


@pytest.mark.parametrize(
    "said", [b"", b"GET", HEAD, HEAD + b"\r\n", HEAD + b"Content-Length: 9\r\n\r\n"],
    ids=["nothing", "a word", "half a head", "answered", "a body that nobody wants"],
)  # fmt: skip
def test_who_does_not_get_done_is_cut_off(desk: ApiDesk, said: bytes) -> None:
    with served(desk, Patience(head_s=0.4)) as port, call(port, said) as line:
        took = seconds_until_cut(line, lambda: b"" if said.endswith(b"\r\n\r\n") else b"X" if said else b"")
    assert took < 5.5


def test_a_head_letter_by_letter_is_cut_off_in_time(desk: ApiDesk) -> None:
    with served(desk, Patience(head_s=0.4)) as port, call(port, HEAD) as line:
        assert 0.3 < seconds_until_cut(line, lambda: b"X-Slow: 1\r\n") < 2


def test_who_asks_again_on_the_same_line_has_the_time_anew(desk: ApiDesk) -> None:
    with served(desk, Patience(head_s=1.5)) as port, call(port) as line:
        for _ in range(3):
            time.sleep(0.6)
            line.sendall(HEAD + b"\r\n")
            answer = b""
            while not answer.endswith(b"}"):
                answer += line.recv(65_536)
            assert answer.startswith(b"HTTP/1.1 200")


def test_who_takes_nothing_of_an_answer_is_cut_off(desk: ApiDesk) -> None:
    @desk.app.get("/long")
    def long() -> Response:
        return Response(b"x" * 20_000_000)

    with served(desk, Patience(reading_s=0.4)) as port:
        with call(port, b"GET /long HTTP/1.1\r\nHost: loa\r\n\r\n") as line:
            line.recv(1)
            time.sleep(1.2)
            assert len(answer(line)) < 19_000_000
        with call(port, b"GET /long HTTP/1.1\r\nHost: loa\r\nConnection: close\r\n\r\n") as line:
            assert len(answer(line)) > 20_000_000


def test_more_than_all_are_told_so(desk: ApiDesk) -> None:
    with served(desk, Patience(most=20)) as port, ExitStack() as idle:
        for _ in range(25):
            idle.enter_context(call(port))
        assert ask(port)[0] == 503
