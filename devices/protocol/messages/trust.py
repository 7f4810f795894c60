"""Which keys may sign what: signed by the root, followed from the root that the speaker was born with."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from devices.protocol.messages.frame import Part, Signed
from devices.protocol.units import Instant, PublicKey, Sequence, Signature

Role = Literal["root", "content", "alert", "drill", "control", "firmware", "time", "device"]


def _no_key_of_another_kind(role: Role) -> Role:
    if role in {"root", "device"}:
        raise ValueError("a trust set gives no such role")
    return role


def _each_once(keys: "tuple[TrustedKey, ...]") -> "tuple[TrustedKey, ...]":
    if len({key.public for key in keys}) < len(keys):
        raise ValueError("a key stands twice")
    return keys


GivenRole = Annotated[Role, AfterValidator(_no_key_of_another_kind)]


class TrustedKey(Part):
    public: PublicKey
    roles: Annotated[tuple[GivenRole, ...], Field(min_length=1, max_length=8)]
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
    keys: Annotated[tuple[TrustedKey, ...], Field(min_length=1, max_length=32), AfterValidator(_each_once)]
    root_changes: Annotated[tuple[RootChange, ...], Field(max_length=32)] = ()
    """Every change of root since the first, oldest first."""
