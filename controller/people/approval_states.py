"""What may become of a request that waits for a second person. A table, and nothing beside it."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class ApprovalState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    """Carried out, exactly as it was asked."""
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    """Nobody decided in time, or its own time had come."""
    FAILED = "failed"
    """Approved, but it could not be carried out as it was asked; nothing of it was."""


class ApprovalEvent(StrEnum):
    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    FAIL = "fail"


_S, _E = ApprovalState, ApprovalEvent

TABLE: Mapping[ApprovalState, Mapping[ApprovalEvent, ApprovalState]] = MappingProxyType(
    {
        _S.WAITING: {
            _E.APPROVE: _S.APPROVED, _E.REFUSE: _S.REFUSED, _E.WITHDRAW: _S.WITHDRAWN, _E.EXPIRE: _S.EXPIRED,
            _E.FAIL: _S.FAILED,
        },
    }
)  # fmt: skip
"""State to event to next state; what is not here changes nothing."""


def step(state: ApprovalState, event: ApprovalEvent) -> ApprovalState:
    """The state after `event`. What is decided stays decided."""
    return TABLE.get(state, {}).get(event, state)


def state_at(state: str, expires_at: int, now: int) -> ApprovalState:
    """As it stands now: a request that nobody decided ends by itself."""
    known = ApprovalState(state)
    return step(known, _E.EXPIRE) if expires_at <= now else known
