"""Who calls and then says nothing, or says it letter by letter, keeps nobody else out.

A connection is waited for while its request is not complete. Who takes too long is cut off; where too many are waited
for, the one that has been longest is cut off for the newest: of those whose bodies come, strangers for strangers.
Whoever sends a whole request at once is served.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import h11
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.doorstep import CROWDED
from api.headers import HEADERS
from api.parting import CLOSE, LINGER_S, MOST_TAKEN, Parting
from api.problems import MEDIA_TYPE, bare, problem_of

BACKLOG = 2048
READ_BYTES = 8 * 1024
"""At once: of asyncio's 256 KiB in chunks of one byte nobody else would be served for half a second."""
BROKEN = json.dumps(bare(400, "request_broken", problem_of("request_broken")), ensure_ascii=False).encode()
Awaited = Literal["head", "body"]


@dataclass(frozen=True)
class Patience:
    """How long, and for how many at once."""

    head_s: float = 10
    """From the first moment, or from the answer before, to a complete head."""
    reading_s: float = 30
    """How long a caller may take nothing of an answer."""
    heads: int = 256
    bodies: int = 64
    """Of those whose key or session has been accepted, and as many of all others."""
    most: int = 512
    """Connections in all; who comes then is answered 503."""


@dataclass
class _Waiting:
    """Connections that are waited for, the longest first."""

    patience: Patience
    heads: dict["Caller", None] = field(default_factory=dict)
    bodies: dict["Caller", None] = field(default_factory=dict)

    def put(self, caller: "Caller", awaited: Awaited | None) -> None:
        for name, lot, most in (("head", self.heads, self.patience.heads), ("body", self.bodies, self.patience.bodies)):
            if name != awaited:
                lot.pop(caller, None)
            elif caller not in lot:
                lot[caller] = None
                for alike in [list(lot)] if name == "head" else _parted(lot):
                    if len(alike) > most:
                        alike[0].cut_off()


def _parted(lot: Iterable["Caller"]) -> list[list["Caller"]]:
    """Strangers, and those who are known."""
    return [[caller for caller in lot if caller.is_known is known] for known in (False, True)]


class Caller(H11Protocol):
    """uvicorn's HTTP/1.1, with an eye on the time that a caller takes."""

    waiting: _Waiting
    worn: Mapping[str, str]
    """Headers of every answer."""
    _droppable: int | None = None
    _head_timer: asyncio.TimerHandle | None = None
    _reading_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app = partial(self._serve, self.app)
        transport.max_size = READ_BYTES  # type: ignore[attr-defined]
        self._look()

    def data_received(self, data: bytes) -> None:
        if self._droppable is None:
            super().data_received(data)
            self._look()
            return
        self._droppable -= len(data)
        if self._droppable < 0:
            self.flow.pause_reading()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        self._await(None)
        self._stop_reading_timer()
        super().connection_lost(exc)

    @property
    def is_known(self) -> bool:
        """Whether the key or session of this request has been accepted."""
        return self.scope is not None and "who" in self.scope["state"]

    async def _serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        most = self.waiting.patience.most
        scope["state"][CROWDED] = len(self.connections) >= most or len(self.tasks) > most
        await Parting(app, self._is_unread, self._linger)(scope, receive, send)

    def _is_unread(self) -> bool:
        return self.conn.their_state is h11.SEND_BODY

    async def _linger(self) -> None:
        """What comes from now on is dropped as it is, without a look at it, until the caller goes or time is up."""
        self._droppable = MOST_TAKEN
        self.flow.resume_reading()
        self.cycle.message_event.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.cycle.message_event.wait(), LINGER_S)

    def send_400_response(self, msg: str) -> None:
        """What is no request never reaches the application; it is answered in the same form, if there is still time."""
        if self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            self.cut_off()
            return
        headers = [*self.worn.items(), ("Content-Type", MEDIA_TYPE), ("Content-Language", "vi"), CLOSE]
        said = h11.Response(status_code=400, headers=headers, reason=b"Bad Request")  # type: ignore[arg-type]
        for event in (said, h11.Data(data=BROKEN), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def pause_writing(self) -> None:
        """What we say is not taken."""
        super().pause_writing()
        self._look_again(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_reading_timer()

    def _look_again(self, unsent: int) -> None:
        """In a while something of what is unsent now must have been taken."""
        self._stop_reading_timer()
        self._reading_timer = self.loop.call_later(self.waiting.patience.reading_s, self._look_at_unsent, unsent)

    def _look_at_unsent(self, before: int) -> None:
        unsent = self.transport.get_write_buffer_size()
        if unsent < before:
            self._look_again(unsent)
        else:
            self.cut_off()

    def cut_off(self) -> None:
        self._await(None)
        self.transport.abort()

    def _look(self) -> None:
        if self.transport.is_closing():
            self._await(None)
        elif self.cycle is None or self.cycle.response_complete:
            self._await("head")
        else:
            self._await("body" if self.conn.their_state is h11.SEND_BODY else None)

    def _await(self, awaited: Awaited | None) -> None:
        if awaited != "head" and self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        if awaited == "head" and self._head_timer is None:
            self._head_timer = self.loop.call_later(self.waiting.patience.head_s, self.cut_off)
        self.waiting.put(self, awaited)

    def _stop_reading_timer(self) -> None:
        if self._reading_timer is not None:
            self._reading_timer.cancel()
            self._reading_timer = None


def server(
    app: ASGIApp, patience: Patience = Patience(), *, worn: Mapping[str, str] = HEADERS, **settings: Any
) -> uvicorn.Server:  # fmt: skip
    """A server whose callers are watched. `worn`: the headers of answers that the application never sees."""
    watched = type("WatchedCaller", (Caller,), {"waiting": _Waiting(patience), "worn": worn})
    config = uvicorn.Config(
        app, http=watched, log_config=None, access_log=False, backlog=BACKLOG, lifespan="off", server_header=False,
        loop="asyncio", proxy_headers=False, **settings,
    )  # fmt: skip
    return uvicorn.Server(config)
