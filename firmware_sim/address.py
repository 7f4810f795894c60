"""Where the broker is, and how a speaker proves who it is to it. A password comes in here and is never shown."""

import ssl
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from firmware_sim.errors import BadAddress

PORTS = {"mqtt": 1883, "mqtts": 8883}
FILES = ("ca", "cert", "key")


@dataclass(frozen=True)
class BrokerAddress:
    """`mqtt[s]://[user[:password]@]host[:port][?ca=FILE&cert=FILE&key=FILE]`, percent-encoded as usual.

    `ca` replaces the system's authorities, `cert` and `key` (PEM) are the speaker's own certificate.
    """

    host: str
    port: int
    tls: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None

    @classmethod
    def read(cls, text: str) -> "BrokerAddress":
        """BadAddress says what is wrong with it, never its password."""
        try:
            parts = urlsplit(text.strip())
            port = parts.port or PORTS[parts.scheme]
        except (ValueError, KeyError):
            raise BadAddress(why="scheme, host or port") from None
        files = dict(parse_qsl(parts.query, keep_blank_values=True))
        if not parts.hostname or parts.path not in ("", "/") or parts.fragment:
            raise BadAddress(why="host or path")
        if set(files) - set(FILES) or not all(files.values()) or ("key" in files and "cert" not in files):
            raise BadAddress(why="options: ca, cert, and key beside cert; each a file")
        if files and parts.scheme == "mqtt":
            raise BadAddress(why="ca, cert and key need mqtts")
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password is not None else None
        ours = {name: Path(path) for name, path in files.items()}
        return cls(parts.hostname, port, parts.scheme == "mqtts", user, password, **ours)


def tls_context(address: BrokerAddress) -> ssl.SSLContext:
    """What a connection is made with. BadAddress: a file that the address names cannot be used.

    With a certificate of its own it is read each time: that one is renewed.
    """
    return _shared_context(address) if address.cert is None else _context(address)


@lru_cache(maxsize=16)
def _shared_context(address: BrokerAddress) -> ssl.SSLContext:
    """Made once for all speakers of an address: to read the system's authorities takes longer than to connect."""
    return _context(address)


def _context(address: BrokerAddress) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=address.ca)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if address.cert is not None:
            context.load_cert_chain(address.cert, address.key)
    except OSError as error:
        raise BadAddress(why=f"ca, cert or key: {error.strerror or type(error).__name__}") from error
    return context
