"""Where a broker is, and how we prove who we are to it. Passwords come in here and are never shown."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from devices.broker.errors import MqttUrlInvalid

Scheme = Literal["mqtt", "mqtts"]
DEFAULT_PORTS: dict[str, int] = {"mqtt": 1883, "mqtts": 8883}
FILES = ("ca", "cert", "key")


@dataclass(frozen=True)
class MqttUrl:
    """`mqtt[s]://[user[:password]@]host[:port][?ca=FILE&cert=FILE&key=FILE]`, percent-encoded as usual.

    `ca` replaces the system's authorities; `cert` and `key` (PEM) are our own client certificate. The
    server's name is always checked. Nothing but the password is secret, and only it is left out of texts.
    """

    host: str
    port: int
    scheme: Scheme = "mqtt"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None

    @property
    def tls(self) -> bool:
        return self.scheme == "mqtts"

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{self.user + '@' if self.user else ''}{host}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> "MqttUrl":
        """Read an address; MqttUrlInvalid names what is wrong with it, never its password."""
        parts, port = _split(text)
        if parts.path not in ("", "/") or parts.fragment:
            raise MqttUrlInvalid(why="path")
        files = _files(parts)
        user = unquote(parts.username) if parts.username else None
        password = None if parts.password is None else unquote(parts.password)
        if password is not None and user is None:
            raise MqttUrlInvalid(why="password without user")
        scheme: Scheme = "mqtts" if parts.scheme == "mqtts" else "mqtt"
        return cls(parts.hostname or "", port, scheme, user, password, **files)


def _split(text: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise MqttUrlInvalid(why="host or port") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise MqttUrlInvalid(why="scheme")
    if not parts.hostname or port == 0:
        raise MqttUrlInvalid(why="host or port")
    return parts, port or DEFAULT_PORTS[parts.scheme]


def _files(parts: SplitResult) -> dict[str, Path]:
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    if set(given) - set(FILES) or not all(given.values()):
        raise MqttUrlInvalid(why="options: only ca, cert and key, each a file")
    if given and parts.scheme == "mqtt":
        raise MqttUrlInvalid(why="ca, cert and key need mqtts")
    if "key" in given and "cert" not in given:
        raise MqttUrlInvalid(why="key without cert")
    return {name: Path(path) for name, path in given.items()}
