"""Whom a receiver believes: the trust set it follows from the root that it was born with."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from devices.protocol import base64url
from devices.protocol.codec import parse
from devices.protocol.errors import BadSignature, Conflicting, Stale, UnknownKey, WrongPlace
from devices.protocol.keys import VerifyKey, known_key
from devices.protocol.messages.trust import Role, RootChange, TrustedKey, TrustSet
from devices.protocol.signing import Envelope, check_signature, open_envelope


@dataclass(frozen=True)
class Trust:
    """A tenant's root key and the trust set accepted last (`seq` 0: none yet)."""

    tenant: str
    root: VerifyKey
    seq: int = 0
    digest: str = ""
    keys: dict[str, TrustedKey] = field(default_factory=dict)

    def key_for(self, key_id: str, now: int | None) -> tuple[VerifyKey, tuple[Role, ...]]:
        """The key and its roles; UnknownKey if it is unknown or ended by `now` (us; None: no time)."""
        found = self.keys.get(key_id)
        if found is None or (now is not None and found.not_after < now):
            raise UnknownKey(key=key_id)
        return known_key(found.public), found.roles


def root_change_bytes(tenant: str, old: str, new: str) -> bytes:
    """What both roots sign when one hands over to the other."""
    return f"loa/1/root-change|{tenant}|{old}|{new}".encode("ascii")


def accept_trust(trust: Trust, raw: bytes) -> Trust:
    """Believe a newer trust set. Needs no clock. Raises a ProtocolError and changes nothing otherwise."""
    envelope = open_envelope(raw)
    claimed = parse(envelope.payload, TrustSet)
    root = _follow(trust, claimed.root_changes)
    if envelope.key_id != root.id:
        raise UnknownKey(key=envelope.key_id)
    check_signature(envelope, root)
    if (claimed.tenant, claimed.to, claimed.mode) != (trust.tenant, "tenant", "live"):
        raise WrongPlace(tenant=claimed.tenant, to=claimed.to[:80], mode=claimed.mode)
    digest = content_digest(envelope)
    check_sequence(trust.seq, trust.digest, claimed.seq, digest)
    return Trust(trust.tenant, root, claimed.seq, digest, _by_id(claimed.keys))


def content_digest(envelope: Envelope) -> str:
    """SHA-256 (hex) of a message's payload: two messages of one sequence must have the same."""
    return hashlib.sha256(envelope.payload).hexdigest()


def check_sequence(last: int, last_digest: str, seq: int, digest: str) -> None:
    """Accept what is newer, or the same again: Stale below, Conflicting for other bytes."""
    if seq < last:
        raise Stale(seq=seq, last=last)
    if seq == last and last_digest and digest != last_digest:
        raise Conflicting(seq=seq)


def _by_id(keys: Iterable[TrustedKey]) -> dict[str, TrustedKey]:
    return {VerifyKey(key.public).id: key for key in keys}


def _follow(trust: Trust, changes: tuple[RootChange, ...]) -> VerifyKey:
    root = trust.root
    for change in changes:
        if change.old == root.public:
            root = _hand_over(trust.tenant, change)
    return root


def _hand_over(tenant: str, change: RootChange) -> VerifyKey:
    said = root_change_bytes(tenant, change.old, change.new)
    old, new = VerifyKey(change.old), VerifyKey(change.new)
    for key, signature in ((old, change.by_old), (new, change.by_new)):
        if not key.fits(base64url.decode(signature), said):
            raise BadSignature(key=key.id)
    return new
