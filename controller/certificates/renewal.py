"""When a certificate is to be made anew: in good time, and not all at once. Pure; instants in us UTC."""

from controller.certificates.authority import SLACK
from devices.protocol.units import DAY

SPEAKER_LIFE = 400 * DAY
"""Of a speaker's certificate: a year, and a month for those that are away at its end."""
SERVER_LIFE = 400 * DAY
"""Of the broker's and the controller's own."""
SHARE = 2 / 3
"""A certificate is renewed once this much of its life is over."""


def renew_at(issued_at: int, not_after: int) -> int:
    """From when on a certificate is to be renewed."""
    return issued_at + int((not_after - issued_at) * SHARE)


def is_due(issued_at: int, not_after: int, now: int) -> bool:
    """Also where the certificate does not hold yet: a clock that was ahead has made it."""
    return now >= renew_at(issued_at, not_after) or issued_at - SLACK > now
