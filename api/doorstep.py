"""Who asks is looked at before anything that they send is read: of whoever has no key and no session nothing is taken.

A refusal is word for word that of the route. The route looks again: a key may be revoked while a body comes.
"""

from typing import cast

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.body_limit import BODY_METHODS
from api.cookies import cookie_of
from api.deps import asking, services_of, shown_by
from api.errors import INTERFACE, Coded, RequestRefused, refusal
from controller.db import DatabaseError
from controller.errors.callers import CsrfMissing, KeyMissing, SessionOver

OPEN = frozenset({"/api/v1/enrolments", "/api/v1/enrolments/renewals"})
"""Where anybody may send something. A test compares it with what the routes declare."""
CROWDED = "crowded"
"""In the state of a request: there are too many connections."""
LENGTHS = frozenset({"content-length", "transfer-encoding"})


class Doorstep:
    """Stands before the room that reads bodies."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = Request(scope)
            try:
                await _look_at(request)
            except RequestRefused as error:
                answer = refusal(request, error)
                answer.headers["Connection"] = "close"
                await answer(scope, receive, send)
                return
            except (KeyMissing, SessionOver, CsrfMissing) as error:
                await refusal(request, cast(Coded, error))(scope, receive, send)
                return
        await self._app(scope, receive, send)


async def _look_at(request: Request) -> None:
    if request.scope["state"].get(CROWDED):
        raise RequestRefused("crowded")
    if set(request.headers) >= LENGTHS:  # two servers in a row could part the bytes differently: RFC 9112, 6.1
        raise RequestRefused("request_broken")
    if request.method in BODY_METHODS and request.url.path.startswith(INTERFACE) and request.url.path not in OPEN:
        await _know(request)


async def _know(request: Request) -> None:
    shown = shown_by(request)
    if shown is None and not cookie_of(request, "session"):
        raise KeyMissing()
    try:
        await run_in_threadpool(asking, request, services_of(request), shown)
    except DatabaseError:
        return  # the route asks again, and says so
