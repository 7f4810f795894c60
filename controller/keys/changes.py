"""What may become of the keys: new trust sets, each signed by the root. Pure; chance and time are handed in."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from controller.keyring import ONLINE_ROLES, Keyring
from controller.keys.errors import RootForeign, TooManyKeys
from devices.protocol import base64url
from devices.protocol.codec import to_json
from devices.protocol.keys import SigningKey, VerifyKey
from devices.protocol.messages.trust import Role, RootChange, TrustedKey, TrustSet
from devices.protocol.signing import sign
from devices.protocol.trust import root_change_bytes
from devices.protocol.units import DAY

KEY_LIFE = 10 * 365 * DAY
"""How long the trust set lets an online key sign, us."""
OVERLAP = 8 * DAY
"""How long a replaced key is still believed, us: as long as an order lives."""
MOST_KEYS = MOST_CHANGES = 32
_FOREVER: Literal[4_102_444_800_000_000] = 4_102_444_800_000_000

Draw = Callable[[int], bytes]
"""Secret random bytes, so many."""


@dataclass(frozen=True)
class Change:
    """A keyring that is not in force yet, and the keys that were made for it."""

    after: Keyring
    made: Mapping[Role, SigningKey] = field(default_factory=dict)


def first(tenant: str, draw: Draw, now: int) -> tuple[Change, SigningKey]:
    """The keys of a new installation, and their root."""
    root = SigningKey(draw(32))
    made: dict[Role, SigningKey] = {role: SigningKey(draw(32)) for role in ONLINE_ROLES}
    said = TrustSet(tenant=tenant, to="tenant", issued_at=now, seq=now, keys=_fresh(made, now))
    return Change(Keyring(tenant, root.verify_key, made, sign(to_json(said), root)), made), root


def rotated(
    keyring: Keyring, root: SigningKey, roles: Collection[Role], draw: Draw, now: int, overlap: int = OVERLAP
) -> Change:
    """New keys for these roles. The old ones are believed for `overlap` us more; with 0 they are out at once.

    RootForeign, TooManyKeys.
    """
    held = {role for key in keyring.said.keys for role in key.roles}
    made: dict[Role, SigningKey] = {
        role: SigningKey(draw(32)) for role in ONLINE_ROLES if role in roles or role not in held
    }
    kept = [_until(key, now + overlap) if made.keys() & set(key.roles) else key for key in keyring.said.keys]
    keys = (*(key for key in kept if key.not_after > now), *_fresh(made, now))
    if len(keys) > MOST_KEYS:
        raise TooManyKeys(keys=len(keys))
    trust = _signed(keyring, root, keyring.root, keys, keyring.said.root_changes, now)
    return Change(Keyring(keyring.tenant, keyring.root, {**keyring.keys, **made}, trust), made)


def leaked(keyring: Keyring, root: SigningKey, roles: Collection[Role], draw: Draw, now: int) -> Change:
    """Somebody else has the keys of these roles: all of them are out at once."""
    return rotated(keyring, root, roles, draw, now, overlap=0)


def new_root(keyring: Keyring, root: SigningKey, successor: SigningKey, now: int) -> Change:
    """The root hands over to its successor; the chain of all changes stays complete. RootForeign, TooManyKeys."""
    old, new = keyring.root, successor.verify_key
    said = root_change_bytes(keyring.tenant, old.public, new.public)
    by_old, by_new = (base64url.encode(key.sign_bytes(said)) for key in (root, successor))
    change = RootChange(old=old.public, new=new.public, by_old=by_old, by_new=by_new)
    changes = (*keyring.said.root_changes, change)
    if len(changes) > MOST_CHANGES:
        raise TooManyKeys(roots=len(changes))
    if root.verify_key != old or new.public in {one.old for one in changes}:
        raise RootForeign(root=new.id)
    trust = _signed(keyring, successor, new, keyring.said.keys, changes, now)
    return Change(Keyring(keyring.tenant, new, keyring.keys, trust))


def _signed(
    keyring: Keyring, by: SigningKey, expected: VerifyKey, keys: Iterable[TrustedKey],
    changes: tuple[RootChange, ...], now: int,
) -> bytes:  # fmt: skip
    if by.verify_key != expected:
        raise RootForeign(root=by.id, expected=expected.id)
    seq = max(keyring.said.seq + 1, now)
    said = TrustSet(
        tenant=keyring.tenant, to="tenant", issued_at=now, seq=seq, keys=tuple(keys), root_changes=changes
    )  # fmt: skip
    return sign(to_json(said), by)


def _fresh(made: Mapping[Role, SigningKey], now: int) -> tuple[TrustedKey, ...]:
    until = min(now + KEY_LIFE, _FOREVER)
    return tuple(TrustedKey(public=key.verify_key.public, roles=(role,), not_after=until) for role, key in made.items())


def _until(key: TrustedKey, end: int) -> TrustedKey:
    return key.model_copy(update={"not_after": min(key.not_after, end)})
