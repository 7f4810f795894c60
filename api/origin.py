"""From which address a request really comes, where reverse proxies stand in between. Pure."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

Networks = Sequence[IPv4Network | IPv6Network]


def origin(peer: str, forwarded: Iterable[str], proxies: Networks) -> str:
    """The last address that no proxy of ours vouches for: what stands before it, anybody may have written.

    `peer`: who is connected; `forwarded`: the values of X-Forwarded-For, each added to by the proxy it passed.
    """
    said = [part.strip() for value in forwarded for part in value.split(",")]
    found = peer
    while said and _is_ours(found, proxies):
        written = _plain(said.pop())
        if written is None:
            break
        found = written
    return found


def _is_ours(address: str, proxies: Networks) -> bool:
    plain = _plain(address)
    return plain is not None and any(ip_address(plain) in network for network in proxies)


def _plain(address: str) -> str | None:
    """IPv4 that is written as IPv6 becomes IPv4; None for what is no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)
