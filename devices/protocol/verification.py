"""One door for signed messages: what passes here was said by the right key, here, to this target."""

from collections.abc import Callable
from dataclasses import dataclass

from devices.protocol.codec import PLACES, SIGNED, place, read_type, validate
from devices.protocol.errors import FromFuture, Malformed, TooFarAhead, WrongPlace, WrongRole
from devices.protocol.json_text import read_object
from devices.protocol.keys import VerifyKey
from devices.protocol.messages.frame import Signed
from devices.protocol.messages.trust import Role
from devices.protocol.signing import Envelope, check_signature, open_envelope
from devices.protocol.topics import Address
from devices.protocol.trust import content_digest
from devices.protocol.units import DAY, MINUTE

MAX_AHEAD = 8 * DAY
"""How far after `issued_at` an order may expire or a plan run out, us: how long a speaker must remember it."""
CLOCK_SLACK = 5 * MINUTE
"""How far ahead of the receiver's clock a message may have been issued, us."""

KeyFinder = Callable[[str, int | None], tuple[VerifyKey, tuple[Role, ...]]]
"""Key id and the time now (us UTC, None if unknown) to a key and its roles; UnknownKey otherwise."""


@dataclass(frozen=True)
class Verified:
    """A message to be believed, the SHA-256 of its payload, and the id of the key that makes it so."""

    message: Signed
    digest: str
    by: str


Believer = Callable[[Envelope, VerifyKey, tuple[Role, ...]], Verified]
"""Envelope, key and its roles to what it says; a ProtocolError otherwise."""


def believe(envelope: Envelope, key: VerifyKey, roles: tuple[Role, ...]) -> Verified:
    """Signature, type, role and fields of a message: what depends on its bytes and the key alone."""
    check_signature(envelope, key)
    said = read_object(envelope.payload)
    kind = read_type(said)
    if kind not in SIGNED:
        raise Malformed(type=kind[:64])
    model, role = SIGNED[kind]
    if role not in roles:
        raise WrongRole(type=kind, key=envelope.key_id)
    return Verified(validate(envelope.payload, said, model), content_digest(envelope), envelope.key_id)


def verify(
    raw: bytes,
    address: Address,
    tenant: str,
    find_key: KeyFinder,
    now: int | None,
    believe: Believer = believe,
) -> Verified:
    """Believe `raw`, found at `address`, or raise the ProtocolError that says why not.

    `now` is us UTC; None where the receiver has no valid time: then nothing about time is checked, and
    only messages that need no time (configuration, plan, acknowledgement, time answer) may be acted upon.
    `believe` may remember its verdicts, where many receivers in one process read the same bytes.
    """
    if address.kind == "time_rsp":
        now = None  # its nonce says that it is fresh; the clock may be what it corrects
    envelope = open_envelope(raw)
    verified = believe(envelope, *find_key(envelope.key_id, now))
    _check_place(verified.message, address, tenant)
    if now is not None:
        _check_times(verified.message, now)
    return verified


def _check_place(message: Signed, address: Address, tenant: str) -> None:
    fits = (
        message.tenant == tenant
        and message.to == address.target
        and message.mode == "live"
        and place(address) in PLACES[message.type]
        and (address.kind != "alert" or getattr(message, "alert", None) == address.alert)
    )
    if not fits:
        raise WrongPlace(type=message.type, to=message.to[:80], mode=message.mode)


def _check_times(message: Signed, now: int) -> None:
    if message.issued_at > now + CLOCK_SLACK:
        raise FromFuture(type=message.type, issued_at=message.issued_at)
    ends = _ends(message)
    if ends is not None and ends > message.issued_at + MAX_AHEAD:
        raise TooFarAhead(type=message.type, ends=ends)


def _ends(message: Signed) -> int | None:
    """Until when it binds the receiver's memory, us UTC."""
    if message.type == "manifest":
        return None
    return getattr(message, "valid_to" if message.type == "plan" else "expires_at", None)
