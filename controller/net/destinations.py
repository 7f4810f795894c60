"""What a person entered as an address, read so that nobody after us can read it otherwise. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, urlsplit

import idna

from controller.errors.machine import OutwardRefused

PORTS = {"http": 80, "https": 443}
LONGEST = 2_000
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_OTHER_DOTS = re.compile("[\u3002\uff0e\uff61]")


@dataclass(frozen=True)
class Destination:
    """`host` in ASCII lower case: a name, or an address without brackets. `target`: path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.target}"

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port


def destination(text: str, ports: Collection[int]) -> Destination:
    """OutwardRefused with `why`: unreadable, scheme, userinfo, host or port."""
    parts = _split(text)
    if parts.scheme not in PORTS:
        raise OutwardRefused(why="scheme")
    if "@" in parts.netloc:
        raise OutwardRefused(why="userinfo")
    port = _port(parts)
    if port not in ports:
        raise OutwardRefused(why="port", port=port)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(parts.scheme, _host(parts), port, target)


def _split(text: str) -> SplitResult:
    if len(text) > LONGEST or not text.isprintable() or " " in text or "\\" in text:
        raise OutwardRefused(why="unreadable")
    try:
        return urlsplit(text)
    except ValueError as error:
        raise OutwardRefused(why="unreadable") from error


def _port(parts: SplitResult) -> int:
    try:
        return PORTS[parts.scheme] if parts.port is None else parts.port
    except ValueError as error:
        raise OutwardRefused(why="port") from error


def _host(parts: SplitResult) -> str:
    """A name in plain letters, or an address in its one strict form: no octal, no hex, nothing left out."""
    host = parts.hostname or ""
    try:
        if ":" in host:
            return str(IPv6Address("%" if "%" in host else host))
        name = _plain(host)
        if _NUMBER.fullmatch(name.rpartition(".")[2]):
            return str(IPv4Address(name))
    except ValueError as error:  # idna's errors are such too
        raise OutwardRefused(why="host") from error
    if len(name) > 253 or not all(map(_LABEL.fullmatch, name.split("."))):
        raise OutwardRefused(why="host")
    return name


def _plain(host: str) -> str:
    """In ASCII. Letters that only look like others of the name stay what they are; those that turn into others
    (full width, ligatures, other dots) are refused."""
    if host.isascii():
        return host
    if _OTHER_DOTS.search(host):
        raise ValueError("a dot that is none")
    return idna.encode(host).decode("ascii")
