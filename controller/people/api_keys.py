"""Keys by which programs reach the interface: made at random, shown once, kept as a hash."""

import hashlib

from sqlmodel import Session, col, select

from controller.errors import KeyMissing, NotAllowed
from controller.people.models import ApiKey
from controller.people.permissions import ROLES, Action, may
from devices.protocol import base64url

PREFIX = "loa_"


def make_key(secret: bytes) -> str:
    """The text of a key from at least 24 random bytes."""
    return PREFIX + base64url.encode(secret)


def add_key(session: Session, key_id: str, name: str, key: str, role: str, now: int) -> None:
    """Remember a key by its hash. The key carries 192 bits of chance, so a plain hash is enough."""
    session.add(ApiKey(id=key_id, name=name, digest=_digest(key), role=role, created_at=now))


def require(session: Session, key: str | None, action: Action) -> str:
    """The name of the key's holder; KeyMissing without a valid key, NotAllowed without the right."""
    return _allowed(_holder(session, key), action)


def require_in_address(session: Session, key: str, action: Action) -> str:
    """As `require`, for a key in an address, which others may see: it is refused if it can do more than look."""
    found = _holder(session, key)
    if ROLES.get(found.role) != frozenset({Action.SEE}):
        raise KeyMissing()
    return _allowed(found, action)


def _holder(session: Session, key: str | None) -> ApiKey:
    rows = select(ApiKey).where(ApiKey.digest == _digest(key or ""), col(ApiKey.revoked_at).is_(None))
    found = session.exec(rows).first()
    if found is None:
        raise KeyMissing()
    return found


def _allowed(holder: ApiKey, action: Action) -> str:
    if not may(holder.role, action):
        raise NotAllowed(action=action.value)
    return holder.name


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8")).hexdigest()
