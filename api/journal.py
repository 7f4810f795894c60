"""One line in the log for every request, a number by which it is found again, and headers for every answer.

Knows no route and no refusal but the unforeseen one. What a handler leaves in `afterwards` is done once the answer has
left, whatever it was. Nothing that a caller chose gets into a line but the
method: no path, query, header or body.
"""

from collections.abc import Callable, Mapping

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import unforeseen
from api.origin import Networks, origin

log = structlog.get_logger()

GONE = 499
"""Status in the log where the caller went away before an answer."""


class Journal:
    """The outermost room of the interface. `now` gives us UTC, `new_id` a number for each request; `headers` are
    worn by every answer; `proxies`: whose word about a caller's address is believed.
    """

    def __init__(
        self, app: ASGIApp, now: Callable[[], int], new_id: Callable[[], str], headers: Mapping[str, str],
        proxies: Networks = (),
    ) -> None:  # fmt: skip
        self._app = app
        self._now = now
        self._new_id = new_id
        self._headers = headers
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = self._now()
        answer = _Answer(send, self._new_id(), self._headers)
        state = scope.setdefault("state", {})
        state["request_id"], state["origin"] = answer.request_id, self._origin(scope)
        with structlog.contextvars.bound_contextvars(request=answer.request_id):
            await self._guarded(scope, receive, answer)
            _line(scope, answer.status, max(0, self._now() - began))
            if (afterwards := state.get("afterwards")) is not None:
                await run_in_threadpool(afterwards)

    def _origin(self, scope: Scope) -> str:
        peer = (scope.get("client") or [""])[0]
        return origin(peer, Headers(scope=scope).getlist("x-forwarded-for"), self._proxies)

    async def _guarded(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        try:
            await self._app(scope, receive, answer.send)
        except ClientDisconnect:
            answer.status = GONE
        except Exception:
            log.exception("request_failed")
            if answer.status:
                raise
            await unforeseen(Request(scope))(scope, receive, answer.send)


class _Answer:
    """What goes back: dressed on its way, its status remembered (0: nothing has been said yet)."""

    def __init__(self, send: Send, request_id: str, headers: Mapping[str, str]) -> None:
        self._send = send
        self._headers = headers
        self.request_id = request_id
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self.request_id
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)


def _line(scope: Scope, status: int, took: int) -> None:
    log.info(
        "request", method=scope["method"], route=getattr(scope.get("route"), "path", None), status=status,
        ms=round(took / 1_000, 1), who=scope["state"].get("who"), origin=scope["state"]["origin"],
    )  # fmt: skip
