"""What may become of one order at one speaker. A table, and nothing beside it."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class DeliveryState(StrEnum):
    QUEUED = "queued"
    """In the outbox; nothing has left."""
    ORDERED = "ordered"
    """Handed to the broker; the speaker has said nothing."""
    HAVE = "have"
    """The speaker holds order and audio."""
    PLAYING = "playing"
    PLAYED = "played"
    """Signed: at least 95 % has sounded."""
    FAILED = "failed"
    REFUSED = "refused"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    UNREACHABLE = "unreachable"
    """No signed end by expiry + 60 s; a later signed end replaces it once."""


class DeliveryEventKind(StrEnum):
    PUBLISHED = "published"
    HAVE = "have"
    PLAYING = "playing"
    PLAYED = "played"
    FAILED = "failed"
    REFUSED = "refused"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    DEADLINE = "deadline"


_S, _E = DeliveryState, DeliveryEventKind

SIGNED_ENDS = frozenset({_S.PLAYED, _S.FAILED, _S.REFUSED, _S.EXPIRED, _S.CANCELLED})
"""Ends that the speaker itself has signed: nothing replaces them."""
ENDS = SIGNED_ENDS | {_S.UNREACHABLE}
OPEN = frozenset(_S) - ENDS
OPEN_WORDS = tuple(sorted(state.value for state in OPEN))
"""As they stand in the tables."""
UNHEARD_WORDS = (_S.QUEUED.value, _S.ORDERED.value)
"""The speaker has not said that it knows of it."""
UNSIGNED_WORDS = tuple(sorted((*OPEN_WORDS, _S.UNREACHABLE.value)))
"""Without the speaker's signed end: what it is told again when it comes back."""

_WORD_TO_END = {
    _E.PLAYED: _S.PLAYED,
    _E.FAILED: _S.FAILED,
    _E.REFUSED: _S.REFUSED,
    _E.EXPIRED: _S.EXPIRED,
    _E.CANCELLED: _S.CANCELLED,
}
_OPEN_STEPS = _WORD_TO_END | {_E.DEADLINE: _S.UNREACHABLE, _E.PLAYING: _S.PLAYING}

TABLE: Mapping[DeliveryState, Mapping[DeliveryEventKind, DeliveryState]] = MappingProxyType(
    {
        _S.QUEUED: _OPEN_STEPS | {_E.PUBLISHED: _S.ORDERED, _E.HAVE: _S.HAVE},
        _S.ORDERED: _OPEN_STEPS | {_E.HAVE: _S.HAVE},
        _S.HAVE: _OPEN_STEPS,
        _S.PLAYING: _OPEN_STEPS,
        _S.UNREACHABLE: _WORD_TO_END,
    }
)
"""State to event to next state; what is not here changes nothing."""


def step(state: DeliveryState, event: DeliveryEventKind) -> DeliveryState:
    """The state after `event`. A repeated, late or lower word leaves it as it is."""
    return TABLE.get(state, {}).get(event, state)
