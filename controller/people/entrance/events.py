"""What happens at the entrance, as it stands in the audit lines."""

from enum import StrEnum


class Event(StrEnum):
    LOG_IN = "log_in"
    LOG_IN_FAILED = "log_in.failed"
    LOG_IN_SLOWED = "log_in.slowed"
    LOG_OUT = "log_out"
    SESSION_ENDED = "session.ended"
    PASSWORD_SET = "password.set"  # noqa: S105
    FACTOR_SET = "second_factor.set"
    FACTOR_DROPPED = "second_factor.dropped"
    FACTOR_SHOWN = "second_factor.shown"
    FACTOR_FAILED = "second_factor.failed"
    RECOVERY_CODES_MADE = "recovery_codes.made"
    RECOVERY_CODE_USED = "recovery_code.used"
    LINK_MADE = "link.made"
    LINK_USED = "link.used"
    PERSON_ADDED = "person.added"
    PROVIDER_LINKED = "provider.linked"
    PROVIDER_REFUSED = "provider.refused"
