"""What comes through the door: bounded in length and time, JSON in UTF-8, whatever its headers say."""

import json
from collections.abc import Awaitable, Callable

import anyio
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from api.body_limit import JSON_BYTES, SHORT_BYTES, UPLOAD_BYTES, BodyLimit

JSON = {"content-type": "application/json"}


def code_of(client: TestClient, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    answer = client.post("areas", content=body, headers=headers)
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        ('{"name": "Ấp"}'.encode("utf-16"), "application/json", (400, "body_not_utf8")),
        (b'{"name": "\xff"}', "application/json", (400, "body_not_utf8")),
        (b'{"name": ', "application/json", (400, "body_unreadable")),
        (b"[" * 16_000, "application/json", (400, "body_unreadable")),
        (b"[" * 16_001, "application/json", (413, "body_too_large")),
        (b'{"name": 1' + b"0" * 10_000 + b"}", "application/json", (400, "body_unreadable")),
        (b'{"name": "\\ud800"}', "application/json", (422, "request_invalid")),
        (b'{"name": "\\u0000"}', "application/json", (422, "request_invalid")),
        (b'{"name": "x", "latitude": NaN}', "application/json", (422, "request_invalid")),
        (b'{"name": "x"}', "application/json; charset=latin-1", (415, "unsupported_media_type")),
        (b'{"name": "x"}', "text/plain", (415, "unsupported_media_type")),
        (b"name=x", "application/x-www-form-urlencoded", (415, "unsupported_media_type")),
        (b"", "application/json", (422, "request_invalid")),
    ],
)
def test_what_is_no_json_of_ours_is_refused(
    common: TestClient, body: bytes, content_type: str, expected: tuple[int, str]
) -> None:
    assert code_of(common, body, {"content-type": content_type}) == expected


def test_a_bulletin_is_held_to_the_same(common: TestClient) -> None:
    for body in (b'{"title": "x", "text": "\\ud800"}', b"{", b"[]", b'{"title": "x", "text": "y", "who": "z"}'):
        answer = common.post("bulletins", content=body, headers=JSON)
        assert answer.status_code in (400, 422) and answer.json()["code"] in {"body_unreadable", "request_invalid"}


def test_json_may_name_its_charset_and_an_order_without_body_needs_none(client: TestClient) -> None:
    answer = client.post(
        "areas", content='{"name": "Ấp 3"}'.encode(), headers={"content-type": 'application/json; charset="UTF-8"'}
    )
    assert answer.status_code == 201
    assert client.post("incidents/0f6a2c9e-1f35-4f0b-9a51-93d0c5a7f3d2/close").status_code == 404


def test_the_longest_text_fits_however_it_is_written(common: TestClient) -> None:
    text = "ộ " * (131_072 // 4)
    assert len(json.dumps({"text": text})) < JSON_BYTES
    assert common.post("bulletins/preview", json={"text": text}).status_code == 200


def test_too_much_wears_the_same_headers_as_every_answer(common: TestClient) -> None:
    answer = common.post("areas", content=b"x" * (SHORT_BYTES + 1), headers=JSON | {"accept-language": "en"})
    assert answer.json()["title"] == "What was sent is too large." and answer.json()["most_bytes"] == SHORT_BYTES
    assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["x-request-id"]


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    size = 0
    async for piece in Request(scope, receive).stream():
        size += len(piece)
    await PlainTextResponse(str(size))(scope, receive, send)


class Caller:
    """Speaks ASGI by hand: `pieces` come when they are asked for, then there is silence."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)
        self.taken = 0
        self.heard: list[Message] = []

    async def receive(self) -> Message:
        if not self.pieces:
            await anyio.sleep_forever()
        self.taken += 1
        return {"type": "http.request", "body": self.pieces.pop(0), "more_body": True}

    async def send(self, message: Message) -> None:
        self.heard.append(message)

    @property
    def status(self) -> int:
        return int(self.heard[0]["status"])


def call(caller: Caller, path: str, headers: dict[str, str], door: Callable[..., Awaitable[None]]) -> int:
    scope = {
        "type": "http", "method": "POST", "path": path, "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    anyio.run(door, scope, caller.receive, caller.send)
    return caller.status


UPLOAD = {"content-type": "multipart/form-data; boundary=x"}


@pytest.mark.parametrize(("path", "headers"), [("/api/v1/areas", JSON), ("/api/v1/bulletins", UPLOAD)])
def test_who_falls_silent_is_cut_off(path: str, headers: dict[str, str]) -> None:
    class Refused(Exception):
        pass

    caller = Caller(b"{", b'"')
    try:
        status = call(caller, path, headers, BodyLimit(echo, stall_s=0.05))
    except Exception as error:  # the interface itself answers what its reader was refused
        status = {"body_too_slow": 408}[getattr(error, "code", "")]
    assert status == 408 and caller.taken == 2


def test_who_drips_is_cut_off_too() -> None:
    caller = Caller(*[b" "] * 1_000)
    dripping = caller.receive

    async def slowly() -> Message:
        await anyio.sleep(0.01)
        return await dripping()

    caller.receive = slowly  # type: ignore[method-assign]
    assert call(caller, "/api/v1/areas", JSON, BodyLimit(echo, stall_s=5, json_s=0.1)) == 408
    assert caller.taken < 20


@pytest.mark.parametrize(
    ("path", "headers", "most"),
    [
        ("/api/v1/areas", JSON, SHORT_BYTES),
        ("/api/v1/alerts", JSON, JSON_BYTES),
        ("/api/v1/bulletins", UPLOAD, UPLOAD_BYTES),
    ],
)
def test_a_declared_length_beyond_the_limit_is_refused_unread(path: str, headers: dict[str, str], most: int) -> None:
    caller = Caller(b"x")
    assert call(caller, path, headers | {"content-length": str(most + 1)}, BodyLimit(echo)) == 413
    assert caller.taken == 0


@pytest.mark.parametrize("path", ["/api/v1/areas", "/api/v1/bulletins/preview"])
def test_only_bulletins_take_an_upload(path: str) -> None:
    assert call(Caller(*[b"x" * 65_536] * 10), path, UPLOAD, BodyLimit(echo)) == 413
