"""No request is read further than it may be long or for longer than is decent, whatever its headers say.

JSON and the forms of pages are read whole before anybody sees them; an upload is counted while its reader takes it.
Knows what bodies weigh and how they are written, not what they say.
"""

import re
from collections.abc import Callable

import anyio
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import INTERFACE, RequestRefused, refusal

JSON_BYTES = 512 * 1024
"""A text of 128 KiB fits even with every letter written as \\u1234."""
SHORT_BYTES = 32 * 1024
"""Of JSON without long texts or long lists."""
LONG = tuple(
    f"/api/v1/{room}"
    for room in (
        "alerts", "areas/changes", "broadcasts", "bulletins", "devices/batch", "glossary", "groups", "programmes",
    )
)  # fmt: skip
"""Where JSON may be as long as JSON_BYTES: texts, and up to 5,000 ids."""
MOST_PIECES = 16_000
"""Brackets, commas and colons of JSON: small values weigh a hundred times in memory what they weigh on the wire."""
FORM_BYTES = 16 * 1024
"""Of a page: some names, a password, a code."""
UPLOAD_BYTES = 200 * 1024 * 1024
TABLE_BYTES = 5 * 1024 * 1024
UPLOADS = {
    "/api/v1/bulletins": UPLOAD_BYTES,
    "/api/v1/programmes/import": TABLE_BYTES,
    "/api/v1/devices/import": TABLE_BYTES,
}
"""Where a form with a file is taken, and how long it may be."""
_MARKS = (b"[", b"{", b",", b":")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
BODY_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class BodyLimit:
    """`stall_s`: how long a caller may be silent; `json_s`, `upload_s`: how long a whole body may take."""

    def __init__(self, app: ASGIApp, *, stall_s: float = 30, json_s: float = 60, upload_s: float = 3_600) -> None:
        self._app = app
        self._stall_s = stall_s
        self._json_s = json_s
        self._upload_s = upload_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in BODY_METHODS:
            try:
                receive = await self._admitted(scope, receive)
            except RequestRefused as error:
                await refusal(Request(scope), error)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _admitted(self, scope: Scope, receive: Receive) -> Receive:
        """How the application reads this body; RequestRefused for one that is not taken at all."""
        headers = Headers(scope=scope)
        is_form = headers.get("content-type", "").startswith("multipart/")
        upload = UPLOADS.get(scope["path"].rstrip("/")) if is_form else None
        is_page = not scope["path"].startswith(INTERFACE)
        most, seconds = (upload, self._upload_s) if upload else (_most_at(scope["path"], is_page), self._json_s)
        if _declared(headers) > most:
            raise RequestRefused("body_too_large", most_bytes=most)
        counted = self._counted(receive, most, seconds)
        if upload:
            return counted
        body = await _whole(counted, headers.get("content-type", ""), _is_form if is_page else _is_json)
        if not is_page and _pieces(body) > MOST_PIECES:
            raise RequestRefused("body_too_large", most_pieces=MOST_PIECES)
        return _replayed(body, receive)

    def _counted(self, receive: Receive, most: int, seconds: float) -> Receive:
        seen, deadline = 0, anyio.current_time() + seconds

        async def counting() -> Message:
            nonlocal seen
            try:
                with anyio.fail_after(min(self._stall_s, max(0.0, deadline - anyio.current_time()))):
                    message = await receive()
            except TimeoutError as error:
                raise RequestRefused("body_too_slow") from error
            seen += len(message.get("body", b""))
            if seen > most:
                raise RequestRefused("body_too_large", most_bytes=most)
            return message

        return counting


def _most_at(path: str, is_page: bool) -> int:
    if is_page:
        return FORM_BYTES
    return JSON_BYTES if path.startswith(LONG) else SHORT_BYTES


def _pieces(body: bytes) -> int:
    """How many; what stands in strings counts only as long as all of it is few."""
    found = sum(map(body.count, _MARKS))
    return found if found <= MOST_PIECES else sum(map(_STRING.sub(b"", body).count, _MARKS))


def _declared(headers: Headers) -> int:
    said = headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() else 0


async def _whole(receive: Receive, said: str, is_taken: Callable[[str], bool]) -> bytes:
    """The whole body: none, or UTF-8 of a type that is taken."""
    body = b"".join([piece async for piece in Request({"type": "http"}, receive).stream()])
    if body and not is_taken(said):
        raise RequestRefused("unsupported_media_type")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RequestRefused("body_not_utf8", at_byte=error.start) from error
    return body


def _is_json(content_type: str) -> bool:
    return _says(content_type, "application/json")


def _is_form(content_type: str) -> bool:
    return _says(content_type, "application/x-www-form-urlencoded")


def _says(content_type: str, wanted: str) -> bool:
    kind, _, parameters = content_type.lower().partition(";")
    charset = parameters.replace(" ", "").replace('"', "")
    return kind.strip() == wanted and charset in {"", "charset=utf-8"}


def _replayed(body: bytes, receive: Receive) -> Receive:
    waiting = [body]

    async def replaying() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replaying
