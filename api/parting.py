"""Whoever is answered before all of their request has been read is told so, and the line is closed a moment later.

What still comes is not swallowed for ever: a little, so that who sends without listening has time to read the answer.
"""

from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LINGER_S = 1.0
MOST_TAKEN = 1 << 20
"""Of what comes after the answer, bytes."""
CLOSE = (b"connection", b"close")


class Parting:
    """`is_unread`: whether something of the body is still to come; `linger`: the moment to wait."""

    def __init__(self, app: ASGIApp, is_unread: Callable[[], bool], linger: Callable[[], Awaitable[None]]) -> None:
        self._app = app
        self._is_unread = is_unread
        self._linger = linger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _Answer(send, self._is_unread)
        await self._app(scope, receive, answer.send)
        if answer.is_held:
            await self._linger()
            await send({"type": "http.response.body", "body": b"", "more_body": False})


class _Answer:
    """On its way out. Its end is held back where the connection is to be closed: the server closes at once."""

    def __init__(self, send: Send, is_unread: Callable[[], bool]) -> None:
        self._send = send
        self._is_unread = is_unread
        self._is_last = False
        self.is_held = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self._is_unread():
            self._is_last = True
            others = [(name, value) for name, value in message.get("headers", []) if name.lower() != CLOSE[0]]
            message = {**message, "headers": [*others, CLOSE]}
        elif message["type"] == "http.response.body" and self._is_last and not message.get("more_body", False):
            self.is_held = True
            message = {**message, "more_body": True}
        await self._send(message)
