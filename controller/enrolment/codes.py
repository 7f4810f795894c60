"""Claim codes: three groups of five signs that can be typed on a pole, the last one a check. Pure.

31 signs, none of which looks like another; the weighted sum modulo 31 finds every wrong sign and every two that were
exchanged. 14 signs are 69 bits, so that a plain hash keeps them.
"""

import hashlib

from controller.errors.enrolment import ClaimCodeMistyped

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0, 1, I, L and O."""
SECRET_SIGNS, GROUP = 14, 5
_BETWEEN = str.maketrans("", "", " -\t\u00a0\u2010\u2011\u2012\u2013\u2014")


def make_code(secret: bytes) -> str:
    """A code from 16 random bytes or more, as it is printed: `ABCDE-FGHJK-MNPQR`."""
    number, signs = int.from_bytes(secret, "big"), ""
    for _ in range(SECRET_SIGNS):
        number, place = divmod(number, len(SIGNS))
        signs += SIGNS[place]
    signs += SIGNS[_check(signs)]
    return "-".join(signs[begin : begin + GROUP] for begin in range(0, len(signs), GROUP))


def digest_of(typed: str) -> str:
    """What is kept of a code, from however it was typed. ClaimCodeMistyped: it was mistyped."""
    signs = typed.upper().translate(_BETWEEN)
    if len(signs) != SECRET_SIGNS + 1 or not set(signs) <= set(SIGNS) or SIGNS[_check(signs[:-1])] != signs[-1]:
        raise ClaimCodeMistyped()
    return hashlib.sha256(f"loa claim {signs}".encode("ascii")).hexdigest()


def _check(signs: str) -> int:
    return sum(weight * SIGNS.index(sign) for weight, sign in enumerate(signs, 2)) % len(SIGNS)
