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
    """One online key of the controller."""

    public: PublicKey
    """The key itself; its id follows from it."""
    roles: Annotated[tuple[GivenRole, ...], Field(min_length=1, max_length=8)]
    """What it may sign; never `root` or `device`."""
    not_after: Instant
    """The key signs nothing after this, us UTC."""


class RootChange(Part):
    """The old root hands over to the new; both sign `loa/1/root-change|{tenant}|{old}|{new}`."""

    old: PublicKey
    """The root that ends."""
    new: PublicKey
    """The root that follows."""
    by_old: Signature
    """The old root's, over the bytes above."""
    by_new: Signature
    """The new root's, over the same bytes."""


class TrustSet(Signed):
    """Retained at `trust`; replaces the keys where `seq` is higher than the last one accepted."""

    type: Literal["trust"] = "trust"
    seq: Sequence
    """Replay guard: only a higher one replaces what is believed."""
    keys: Annotated[tuple[TrustedKey, ...], Field(min_length=1, max_length=32), AfterValidator(_each_once)]
    """All keys that may sign from now on; no key twice. Those not named are no longer believed."""
    root_changes: Annotated[tuple[RootChange, ...], Field(max_length=32)] = ()
    """Every change of root since the first, oldest first."""
