"""Refusals: speakers that join, stay and go."""

from controller.errors.base import LoaError


class CertificateRequestInvalid(LoaError):
    """Not a PKCS#10 request for the speaker's own Ed25519 key or a P-256 key, signed by it; `why` says more."""

    code = "certificate_request_invalid"


class ClaimCodeMistyped(LoaError):
    """Its check letter does not fit the others."""

    code = "claim_code_mistyped"


class ClaimRefused(LoaError):
    """Nobody joins by this code: it is unknown, used, withdrawn or too old. Which of these is not said."""

    code = "claim_refused"


class ClaimCodeUnknown(LoaError):
    code = "claim_code_unknown"


class AddressNotSet(LoaError):
    """A label would name `address`, which leads every speaker but one on this very machine to itself."""

    code = "address_not_set"


class RenewalRefused(LoaError):
    """The request is not signed by a speaker in service, or not for here. Which of these is not said."""

    code = "renewal_refused"


class TooManyAttempts(LoaError):
    """Too many refused attempts from this address: wait."""

    code = "too_many_attempts"


class StatusNotPossible(LoaError):
    """A speaker that was replaced or retired stays so: it joins anew with a code."""

    code = "status_not_possible"
