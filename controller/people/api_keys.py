"""Keys by which programs reach the interface: made at random, shown once, kept as a hash."""

import hashlib
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from sqlmodel import Session, col, select

from controller.errors import KeyMissing
from controller.people.callers import Caller
from controller.people.models import ApiKey
from controller.people.permissions import ROLES, Action
from controller.people.rights import Given, Place, Rights, Tree
from devices.protocol import base64url

PREFIX = "loa_"
HOLDER = "key/"
"""What the id of a caller begins with that came with a key."""


def make_key(secret: bytes) -> str:
    """The text of a key from at least 24 random bytes."""
    return PREFIX + base64url.encode(secret)


def add_key(session: Session, key_id: str, name: str, key: str, role: str, now: int) -> None:
    """Remember a key by its hash. The key carries 192 bits of chance, so a plain hash is enough."""
    session.add(ApiKey(id=key_id, name=name, digest=_digest(key), role=role, created_at=now))


@dataclass(frozen=True)
class Shown:
    """A key as it was shown: its text, from which address, and when (us UTC)."""

    key: str | None
    origin: str
    now: int


def key_holder(session: Session, shown: Shown, tree: Tree) -> Caller:
    """Who shows this key; KeyMissing unless it is known, in force, and good from there."""
    return _caller(_found(session, shown), tree)


def key_holder_in_address(session: Session, shown: Shown, tree: Tree) -> Caller:
    """As `key_holder`, for a key in an address, which others may see: refused if it can do more than look."""
    found = _found(session, shown)
    if ROLES.get(found.role) != frozenset({Action.SEE}):
        raise KeyMissing()
    return _caller(found, tree)


def _found(session: Session, shown: Shown) -> ApiKey:
    rows = select(ApiKey).where(ApiKey.digest == _digest(shown.key or ""), col(ApiKey.revoked_at).is_(None))
    found = session.exec(rows).first()
    if found is None or not in_force(found, shown):
        raise KeyMissing()
    return found


def in_force(key: ApiKey, shown: Shown) -> bool:
    """Whether it has not ended, and is good from where it was shown."""
    if key.expires_at is not None and key.expires_at <= shown.now:
        return False
    return not key.addresses or any(_lies_in(shown.origin, network) for network in key.addresses)


def _lies_in(address: str, network: str) -> bool:
    try:
        return ip_address(address) in ip_network(network)
    except ValueError:
        return False


def _caller(key: ApiKey, tree: Tree) -> Caller:
    only = frozenset(map(Action, key.actions)) or None
    places: list[Place] = [*key.areas] or [None]
    given = tuple(Given(key.role, place, only) for place in places)
    return Caller(HOLDER + key.id, key.name, "program", Rights(given, tree))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8")).hexdigest()
