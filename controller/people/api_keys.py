"""Keys by which programs reach the interface: made at random, shown once, kept as a hash."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from ipaddress import ip_address, ip_network

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from controller.errors.callers import KeyMissing
from controller.errors.people import ApiKeyUnknown, EndInPast
from controller.people.audit import Act, record
from controller.people.callers import Caller
from controller.people.models import ApiKey
from controller.people.permissions import ROLES, Action
from controller.people.rights import Given, Place, Rights, Tree
from devices.protocol import base64url
from devices.registry import standing

PREFIX = "loa_"
HOLDER = "key/"
"""What the id of a caller begins with that came with a key."""


def make_key(secret: bytes) -> str:
    """The text of a key from at least 24 random bytes."""
    return PREFIX + base64url.encode(secret)


def add_key(session: Session, key_id: str, name: str, key: str, role: str, now: int) -> None:
    """Remember a key without limits, by its hash."""
    session.add(ApiKey(id=key_id, name=name, digest=digest_of(key), role=role, created_at=now))


@dataclass(frozen=True)
class KeyWish:
    """A key that was made, by its hash, and its limits: as in the table of keys."""

    id: str
    name: str
    digest: str
    role: str
    areas: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    per_minute: int | None = None
    expires_at: int | None = None

    @property
    def given(self) -> tuple[Given, ...]:
        """What it may where."""
        return _given(self.role, self.areas, self.actions)


def keep_key(session: Session, wish: KeyWish, act: Act) -> str:
    """From now on it is good. EndInPast, AreaUnknown, AreaEnded."""
    if wish.expires_at is not None and wish.expires_at <= act.now:
        raise EndInPast()
    standing(session, *wish.areas)
    kept = asdict(wish) | {name: list(getattr(wish, name)) for name in ("areas", "actions", "addresses")}
    session.add(ApiKey(**kept, created_at=act.now, created_by=act.who_id or act.who))
    session.flush()
    places = ", ".join(wish.areas) or "everywhere"
    record(session, act, Action.KEY_CREATE, wish.id, f"{wish.name}: {wish.role}, {places}")
    return wish.id


def revoke_key(session: Session, key: str, act: Act) -> ApiKey:
    """It is dead from the next request on; twice changes nothing. ApiKeyUnknown."""
    row = get_key(session, key)
    if row.revoked_at is None:
        row.revoked_at = act.now
        record(session, act, Action.KEY_CREATE, key, f"{row.name} revoked")
    return row


def note_use(session: Session, holder: str, origin: str, now: int) -> None:
    """When a key was last shown, and from where."""
    row = session.get(ApiKey, holder.removeprefix(HOLDER))
    if row is not None and (row.last_used_at is None or row.last_used_at < now):
        row.last_used_at, row.last_used_from = now, origin


def get_key(session: Session, key: str) -> ApiKey:
    row = session.get(ApiKey, key)
    if row is None:
        raise ApiKeyUnknown(api_key=key)
    return row


@dataclass(frozen=True)
class Shown:
    """A key as it was shown: its text, from which address, and when (us UTC)."""

    key: str | None
    origin: str
    now: int


def key_holder(session: Session, shown: Shown, tree: Tree) -> Caller:
    """Who shows this key; KeyMissing unless it is known, in force, and good from there."""
    return _caller(_found(session, shown), shown.now, tree)


def key_holder_in_address(session: Session, shown: Shown, tree: Tree) -> Caller:
    """As `key_holder`, for a key in an address, which others may see: refused if it can do more than look."""
    found = _found(session, shown)
    if ROLES.get(found.role) != frozenset({Action.SEE}):
        raise KeyMissing()
    return _caller(found, shown.now, tree)


def _found(session: Session, shown: Shown) -> ApiKey:
    rows = select(ApiKey).where(ApiKey.digest == digest_of(shown.key or ""), col(ApiKey.revoked_at).is_(None))
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


def keys_in_force(now: int) -> list[ColumnElement[bool]]:
    """For questions to the table: neither revoked nor over."""
    until = col(ApiKey.expires_at)
    return [col(ApiKey.revoked_at).is_(None), or_(until.is_(None), until > now)]


def holder_of(key: ApiKey, now: int, tree: Tree) -> Caller | None:
    """Who shows it, wherever they are; None: it has been revoked, or has ended."""
    dead = key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now)
    return None if dead else _caller(key, now, tree)


def _caller(key: ApiKey, now: int, tree: Tree) -> Caller:
    rights = Rights(_given(key.role, key.areas, key.actions), tree)
    return Caller(HOLDER + key.id, key.name, "program", rights, now, key.per_minute)


def _given(role: str, areas: Sequence[str], actions: Sequence[str]) -> tuple[Given, ...]:
    only = frozenset(map(Action, actions)) or None
    places: list[Place] = [*areas] or [None]
    return tuple(Given(role, place, only) for place in places)


def digest_of(key: str) -> str:
    """By which a key is known. It carries 192 bits of chance, so a plain hash is enough."""
    return hashlib.sha256(key.encode("utf-8")).hexdigest()
