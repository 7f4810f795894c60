"""Which addresses lie out in the open, and which inside: of this machine, of its neighbours, of a provider. Pure."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_INSIDE_V4 = tuple(
    IPv4Network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
"""IANA's special-purpose registry: unspecified, private, shared, loopback, link-local, documentation, multicast ..."""
_OPEN_V6 = IPv6Network("2000::/3")
_INSIDE_V6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "2620:4f:8000::/48")))
"""Within the open ones: Teredo and other assignments of protocols, documentation, 6to4, AS112."""
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""NAT64: the last 32 bits are an IPv4 address."""

HERE: tuple[Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
"""This machine."""


def is_open(address: Address) -> bool:
    """Whether it lies in the Internet. Tunnels and translations do not: they hide which address is meant."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _INSIDE_V4)
    return address in _OPEN_V6 and not any(address in network for network in _INSIDE_V6)


def may_reach(address: str, allowed: Iterable[Network]) -> bool:
    """Whether we connect there: it is open, or lies in a network that the installation allows by name.

    An IPv6 form of an IPv4 address is judged as what it stands for; both must be allowed.
    """
    networks = tuple(allowed)
    return all(is_open(one) or _lies_in(one, networks) for one in _meant(ip_address(address)))


def networks(said: Iterable[str]) -> tuple[Network, ...]:
    return tuple(map(ip_network, said))


def _meant(address: Address) -> Iterator[Address]:
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        if mapped is not None:
            yield mapped
            return
        if address in _TRANSLATED:
            yield IPv4Address(int(address) & 0xFFFF_FFFF)
            return
        if address.scope_id is not None:
            yield IPv6Address(int(address))
    yield address


def _lies_in(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
