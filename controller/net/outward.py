"""The one door to the outside: for every address that a person can enter, and for nothing else.

The name is looked up here, every address that it has is judged, and the connection goes to the very address that was
judged: a second answer of the name service is never asked for. Redirects go through the same door.
"""

import queue
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin

import certifi
import httpcore
import httpx

from controller.errors.machine import OutwardFailed, OutwardRefused
from controller.net.addresses import Network, may_reach
from controller.net.destinations import Destination, destination
from controller.net.dialling import Transport

Resolver = Callable[[str, int], Sequence[str]]
"""Name and port to addresses; OSError where there are none."""
_FAILED = (httpcore.NetworkError, httpcore.ProtocolError, httpx.HTTPError, httpx.InvalidURL, OSError)
_MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Bounds:
    """How far one call may go."""

    seconds: float = 10.0
    most_bytes: int = 4 * 1024 * 1024
    redirects: int = 3


@dataclass(frozen=True)
class Answer:
    """`url`: where it came from in the end. Names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


def system_resolver(name: str, port: int) -> Sequence[str]:
    return list(dict.fromkeys(str(row[4][0]) for row in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)))


def trusted() -> ssl.SSLContext:
    """Authorities of this machine, and those of Mozilla where it has none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


@dataclass
class Outward:
    """`allowed`: networks inside that may be reached all the same; `clock`: seconds that never go back."""

    clock: Callable[[], float]
    allowed: Sequence[Network] = ()
    ports: Sequence[int] = (80, 443)
    resolve: Resolver = system_resolver
    tls: ssl.SSLContext = field(default_factory=trusted)

    def check(self, url: str) -> Destination:
        """What can be said of an address before anything is looked up. OutwardRefused."""
        return destination(url, self.ports)

    def fetch(
        self, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None,
        bounds: Bounds = Bounds(),
    ) -> Answer:  # fmt: skip
        """GET, or POST where there is a body: that follows no redirect. OutwardRefused, OutwardFailed.

        `headers` go to the origin that was asked for, and to no other.
        """
        line = _Line(self, bounds, self.clock() + bounds.seconds)
        goal, said, moved = self.check(url), dict(headers or {}), 0
        while True:
            answer = line.ask(goal, said, body)
            if answer.status not in _MOVED or body is not None or "location" not in answer.headers:
                return answer
            moved += 1
            if moved > bounds.redirects:
                raise OutwardRefused(why="redirects")
            further = self._further(goal, answer.headers["location"])
            if (goal.scheme, further.scheme) == ("https", "http"):
                raise OutwardRefused(why="downgrade")
            said = said if further.origin == goal.origin else {}
            goal = further

    def _further(self, goal: Destination, location: str) -> Destination:
        try:
            return self.check(urljoin(goal.url, location))
        except ValueError as error:
            raise OutwardRefused(why="unreadable") from error


@dataclass
class _Line:
    """One call with all its redirects, against one deadline."""

    door: Outward
    bounds: Bounds
    ends_at: float

    @property
    def tls(self) -> ssl.SSLContext:
        return self.door.tls

    def left(self) -> float:
        """Seconds; OutwardFailed where there are none."""
        left = self.ends_at - self.door.clock()
        if left <= 0:
            raise OutwardFailed(why="slow")
        return left

    def ask(self, goal: Destination, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """One request on a connection of its own: no cookie, no proxy, nothing kept for the next."""
        said = {"User-Agent": "loa", "Accept": "*/*"} | dict(headers) | {"Accept-Encoding": "identity"}
        try:
            with (
                httpx.Client(transport=Transport(self), trust_env=False, headers=said, timeout=self.left()) as client,
                client.stream("GET" if body is None else "POST", goal.url, content=body) as answer,
            ):
                return Answer(answer.status_code, _lowered(answer.headers), self._body(answer), goal.url)
        except httpcore.TimeoutException as error:
            raise OutwardFailed(why="slow") from error
        except _FAILED as error:
            raise OutwardFailed(why="broken") from error

    def _body(self, answer: httpx.Response) -> bytes:
        """As it came: what was packed would have to be unpacked first, to whatever size."""
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise OutwardRefused(why="encoding")
        whole = bytearray()
        for piece in answer.iter_raw():
            whole += piece
            if len(whole) > self.bounds.most_bytes:
                raise OutwardRefused(why="too_large", most_bytes=self.bounds.most_bytes)
        return bytes(whole)

    def addresses(self, name: str, port: int) -> Sequence[str]:
        """Where the name is, if all of it may be reached."""
        found = self._looked_up(name, port)
        if not found or not all(may_reach(one, self.door.allowed) for one in found):
            raise OutwardRefused(why="address")
        return found

    def _looked_up(self, name: str, port: int) -> Sequence[str]:
        """The name service has no deadline of its own: it is left behind."""
        answers: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

        def look() -> None:
            try:
                answers.put(self.door.resolve(name, port))
            except (OSError, UnicodeError) as error:
                answers.put(OSError(str(error)))

        threading.Thread(target=look, name="loa-resolver", daemon=True).start()
        try:
            found = answers.get(timeout=self.left())
        except queue.Empty as error:
            raise OutwardFailed(why="slow") from error
        if isinstance(found, OSError):
            raise OutwardFailed(why="unknown_name")
        return found


def _lowered(headers: httpx.Headers) -> Mapping[str, str]:
    return {name.lower(): value for name, value in headers.items()}
