"""Which keys may sign what: signed by the root, followed from the root that the speaker was born with."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from devices.protocol.messages.frame import Part, Signed
from devices.protocol.units import Instant, PublicKey, Sequence

Role = Literal["root", "content", "alert", "drill", "control", "firmware", "time", "device"]
Signature = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{86}$")]
"""64 bytes of Ed25519, base64url."""


class TrustedKey(Part):
    public: PublicKey
    roles: Annotated[tuple[Role, ...], Field(min_length=1, max_length=8)]
    not_after: Instant
    """The key signs nothing after this, us UTC."""


class RootChange(Part):
    """The old root hands over to the new; both sign `loa/1/root-change|{tenant}|{old}|{new}`."""

    old: PublicKey
    new: PublicKey
    by_old: Signature
    by_new: Signature


class TrustSet(Signed):
    """Retained at `trust`; replaces the keys where `seq` is higher than the last one accepted."""

    type: Literal["trust"] = "trust"
    seq: Sequence
    keys: Annotated[tuple[TrustedKey, ...], Field(min_length=1, max_length=32)]
    root_changes: Annotated[tuple[RootChange, ...], Field(max_length=32)] = ()
    """Every change of root since the first, oldest first."""
