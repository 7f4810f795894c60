"""Keys by which programs reach the interface: made at random, shown once, kept as a hash."""

import hashlib

from sqlmodel import Session, col, select

from controller.errors import KeyMissing, NotAllowed
from controller.people.models import ApiKey
from controller.people.permissions import Action, may
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
    found = None
    if key:
        rows = select(ApiKey).where(ApiKey.digest == _digest(key), col(ApiKey.revoked_at).is_(None))
        found = session.exec(rows).first()
    if found is None:
        raise KeyMissing()
    if not may(found.role, action):
        raise NotAllowed(action=action.value)
    return found.name


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8")).hexdigest()
