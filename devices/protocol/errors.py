"""Why a message was not believed. Each refusal has a stable `code` that travels in reports."""

from typing import ClassVar


class ProtocolError(Exception):
    """A message that must lead to silence and a report; `data` holds what was seen, never a secret."""

    code: ClassVar[str] = "protocol_error"

    def __init__(self, **data: object) -> None:
        super().__init__(self.code, data)
        self.data = data

    def __str__(self) -> str:
        seen = ", ".join(f"{name}={value}" for name, value in self.data.items())
        return f"{self.code}({seen})"


class Malformed(ProtocolError):
    """The bytes are not a message of this protocol: size, encoding, JSON, fields or bounds."""

    code = "malformed"


class UnknownTopic(ProtocolError):
    """The topic is none of this protocol's."""

    code = "unknown_topic"


class UnknownKey(ProtocolError):
    """Signed with a key that the trust set does not hold, or that has ended."""

    code = "unknown_key"


class BadSignature(ProtocolError):
    """The signature does not fit the bytes and the key."""

    code = "bad_signature"


class WrongRole(ProtocolError):
    """The key is trusted, but not for this type of message."""

    code = "wrong_role"


class WrongPlace(ProtocolError):
    """Valid somewhere else: another tenant, target, mode or topic than the signed bytes name."""

    code = "wrong_place"


class FromFuture(ProtocolError):
    """Issued further ahead of the receiver's clock than any clock may err."""

    code = "from_future"


class TooFarAhead(ProtocolError):
    """Expires later than a receiver is bound to remember."""

    code = "too_far_ahead"


class Stale(ProtocolError):
    """A sequence, revision or trust set that is older than one already accepted."""

    code = "stale"


class Conflicting(ProtocolError):
    """The same sequence with other content: two senders, or one forger."""

    code = "conflicting"


class BadChunk(ProtocolError):
    """The bytes of a chunk or a whole blob do not have the hash that was signed."""

    code = "bad_chunk"


REFUSALS: tuple[type[ProtocolError], ...] = (
    Malformed, UnknownTopic, UnknownKey, BadSignature, WrongRole, WrongPlace,
    FromFuture, TooFarAhead, Stale, Conflicting, BadChunk,
)  # fmt: skip
