"""Refusals: who asks, and may it."""

from controller.errors.base import LoaError


class NotAllowed(LoaError):
    """The key that was shown does not carry this right."""

    code = "not_allowed"


class OwnerNeeded(LoaError):
    """Whoever has several places has to say for which one they act."""

    code = "owner_needed"


class KeyMissing(LoaError):
    """No key was shown, or one that is unknown or revoked."""

    code = "key_missing"


class SessionOver(LoaError):
    """Nobody is logged in at this browser, or no longer."""

    code = "session_over"


class CsrfMissing(LoaError):
    """A browser asks for a change without the proof that one of our pages did."""

    code = "csrf_missing"


class IdempotencyKeyReused(LoaError):
    """The same Idempotency-Key came with another request."""

    code = "idempotency_key_reused"
