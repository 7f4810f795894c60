"""No request is read further than it may be long, whatever its headers say."""

from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

JSON_BYTES = 256 * 1024
UPLOAD_BYTES = 200 * 1024 * 1024
UPLOADS = "/api/v1/bulletins"


class TooMuch(Exception):
    """More came than was allowed."""

    code = "body_too_large"


class BodyLimit:
    """Counts what really comes; a declared length that is too long is refused before a byte is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = _most(scope)
        if _declared(scope) > most:
            await _refuse(send)
            return
        await self._counted(scope, receive, send, most)

    async def _counted(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        seen, answered = 0, False

        async def counting() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise TooMuch
            return message

        async def watching(message: Message) -> None:
            """Whatever the application makes of a body cut short, the caller hears that it was too large."""
            nonlocal answered
            if seen <= most:
                answered = True
                await send(message)

        with suppress(TooMuch):
            await self._app(scope, counting, watching)
        if seen > most and not answered:
            await _refuse(send)


def _most(scope: Scope) -> int:
    multipart = any(
        name == b"content-type" and value.startswith(b"multipart/form-data") for name, value in scope["headers"]
    )
    return UPLOAD_BYTES if multipart and scope["path"].rstrip("/") == UPLOADS else JSON_BYTES


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(send: Send) -> None:
    body = (
        '{"type":"urn:loa:problem:body_too_large","code":"body_too_large","status":413,'
        '"title":"Nội dung gửi lên quá lớn. / What was sent is too large."}'
    ).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
