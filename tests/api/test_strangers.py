"""Nobody without a key takes memory, time or the place of somebody else's body: real sockets, the real server."""

import secrets
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import httpx
import pytest
from starlette.testclient import TestClient

from api.connections import Patience
from api.deps import PUBLIC
from api.doorstep import OPEN
from api.permissions import permissions
from devices.protocol.keys import SigningKey
from tests.api.test_slow_callers import answer, call, served
from tests.fakes.desk import ApiDesk
from tests.fakes.desk_process import Server, desk_process, status_of

MB = 1 << 20
BOMB = b"[" + b",".join([b"[]"] * 174_000) + b"]"
JSON = "Content-Type: application/json"
BODY = b"POST /api/v1/%s HTTP/1.1\r\nHost: loa\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
SOUND = (
    b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nThu\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF' + b"\0" * 50_000
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with desk_process(tmp_path_factory.mktemp("desk")) as found:
        yield found


def area_of(client: httpx.Client) -> str:
    """A commune with one speaker."""
    area: str = client.post("areas", json={"name": "Xã"}).json()["id"]
    key = SigningKey(secrets.token_bytes(32)).verify_key.public
    assert client.post("devices", json={"name": "Loa", "area": area, "public_key": key}).status_code == 201
    return area


def throw(server: Server, path: str, *headers: str) -> int:
    """Status, 0 where it was cut before one came."""
    with server.send(f"POST /api/v1/{path}", JSON, f"Content-Length: {len(BOMB)}", *headers) as line:
        with suppress(OSError):
            line.sendall(BOMB)
        with suppress(OSError):
            return status_of(line)
    return 0


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [("areas", (), 401), ("alerts", ("Authorization: Bearer loa_wrong",), 401), ("enrolments", (), 413)],
)
def test_what_nobody_sends_costs_no_memory_and_no_alert_waits_for_it(
    server: Server, path: str, headers: tuple[str, ...], status: int
) -> None:
    took: list[float] = []
    base, shown = f"http://127.0.0.1:{server.port}/api/v1/", {"Authorization": f"Bearer {server.key}"}
    with httpx.Client(base_url=base, headers=shown, timeout=60) as client, ThreadPoolExecutor(60) as crowd:
        alert = {"text": "Nước lũ dâng nhanh.", "areas": [area_of(client)], "expires_in_s": 60}
        before = server.forget_peak()
        thrown = [crowd.submit(throw, server, path, *headers) for _ in range(60)]
        while len(took) < 3 or not all(one.done() for one in thrown):
            began = time.monotonic()
            assert client.post("alerts", json=alert).status_code in (201, 202)
            took.append(time.monotonic() - began)
    assert {one.result() for one in thrown} <= {status, 0} and status in {one.result() for one in thrown}
    assert server.peak() - before < 50 * MB and max(took) < 1, (server.peak() - before, took)


def test_strangers_cut_off_strangers_and_no_upload(desk: ApiDesk) -> None:
    head = (
        f"POST /api/v1/bulletins HTTP/1.1\r\nHost: loa\r\nAuthorization: Bearer {desk.keys['administrator']}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nConnection: close\r\n"
        f"Content-Length: {len(SOUND) + 9}\r\n\r\n"
    )
    with served(desk, Patience(bodies=8)) as port, ExitStack() as idle, call(port, head.encode() + SOUND) as upload:
        time.sleep(0.3)
        for number in range(30):
            idle.enter_context(call(port, BODY % (b"areas" if number % 2 else b"enrolments")))
        time.sleep(0.3)
        upload.sendall(b"\r\n--x--\r\n")
        assert answer(upload).startswith(b"HTTP/1.1 201")


def test_those_who_are_known_are_bounded_too(desk: ApiDesk) -> None:
    """The longest is cut off for the newest."""
    shown = b"\r\nAuthorization: Bearer %s\r\nContent-Type" % desk.keys["administrator"].encode()
    said = (BODY % b"areas").replace(b"\r\nContent-Type", shown, 1)
    with served(desk, Patience(bodies=4)) as port, ExitStack() as kept:
        lines = []
        for _ in range(6):
            lines.append(kept.enter_context(call(port, said)))
            time.sleep(0.1)
        assert [is_cut(line) for line in lines] == [True, False, False, False, False, False]


def is_cut(line: socket.socket) -> bool:
    line.settimeout(0.2)
    try:
        return line.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


@pytest.mark.parametrize("shown", [{}, {"Authorization": "Bearer loa_wrong"}, {"Authorization": "Basic eDp5"}])
def test_the_refusal_is_that_of_the_route(client: TestClient, desk: ApiDesk, shown: dict[str, str]) -> None:
    stranger = desk.client("nobody", **shown)
    asked, sent = stranger.get("areas"), stranger.post("areas", content=BOMB, headers={"Content-Type": "text/plain"})
    told = [{**one.json(), "request": ""} for one in (asked, sent)]
    assert sent.status_code == 401 and told[0] == told[1]
    assert sent.headers["www-authenticate"] == asked.headers["www-authenticate"]


def test_open_to_all_is_what_the_routes_say() -> None:
    public = {
        name.partition(" ")[2]
        for name, right in permissions().items()
        if right == PUBLIC and name.partition(" ")[0] in {"POST", "PUT", "PATCH", "DELETE"}
    }
    assert public == OPEN


def test_json_of_many_small_pieces_is_refused_unparsed_and_commas_of_a_text_are_not(common: TestClient) -> None:
    answer = common.post("alerts", content=BOMB, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"], answer.json()["most_pieces"]) == (413, "body_too_large", 16_000)
    for text in (", [a]: {b}" * 12_000, "a\\, " * 20_000 + '"', '"ab" ' * 5_000 + "a, " * 20_000):
        assert common.post("bulletins/preview", json={"text": text}).status_code == 200


def test_the_longest_lists_fit(common: TestClient) -> None:
    for kind, field in (("groups", "devices"), ("broadcasts", "devices")):
        wish = {"name": "x", field: [f"0f6a2c9e-1f35-4f0b-9a51-{n:012x}" for n in range(5_000)]}
        assert common.post(kind, json=wish).status_code == 422, "not 413: nobody knows these speakers"


def test_short_orders_have_little_room(common: TestClient) -> None:
    answer = common.post("areas", content=b'{"name": "' + b"x" * 40_000, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["most_bytes"]) == (413, 32_768)


def test_many_who_come_at_once_with_a_key_are_all_let_in(desk: ApiDesk) -> None:
    with served(desk, Patience()) as port:
        found: list[bytes] = []
        shown = f"Authorization: Bearer {desk.keys['administrator']}"
        said = (
            f"POST /api/v1/areas HTTP/1.1\r\nHost: loa\r\n{shown}\r\n{JSON}\r\nContent-Length: 13\r\nConnection: close"
        )

        def come() -> None:
            with call(port, f"{said}\r\n\r\n".encode()) as line:
                line.sendall(b'{"name": "x"}')
                found.append(answer(line)[:12])

        crowd = [threading.Thread(target=come) for _ in range(40)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
    assert found == [b"HTTP/1.1 201"] * 40
