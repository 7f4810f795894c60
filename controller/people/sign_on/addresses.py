"""Which addresses of a provider are taken. Pure."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_safe(url: object) -> bool:
    """Whether a URL is by TLS, or stays on this machine."""
    if not isinstance(url, str) or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_here(host))


def is_here(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
