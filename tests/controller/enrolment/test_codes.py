"""Claim codes as they are printed, typed, guessed and mistyped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.enrolment.codes import SIGNS, digest_of, make_code
from controller.enrolment.throttle import MOST, WITHIN, Throttle
from controller.errors.enrolment import ClaimCodeMistyped, TooManyAttempts

SECRETS = st.binary(min_size=16, max_size=16)


@given(SECRETS)
def test_it_is_read_however_it_was_typed(secret: bytes) -> None:
    code = make_code(secret)
    assert len(code) == 17 and digest_of(code) == digest_of(f" {code.lower().replace('-', ' ')} ")


@given(SECRETS, st.integers(0, 14), st.integers(1, 30))
def test_every_wrong_sign_is_noticed(secret: bytes, place: int, other: int) -> None:
    signs = make_code(secret).replace("-", "")
    wrong = SIGNS[(SIGNS.index(signs[place]) + other) % len(SIGNS)]
    with pytest.raises(ClaimCodeMistyped):
        digest_of(signs[:place] + wrong + signs[place + 1 :])


@given(SECRETS, st.integers(0, 13))
def test_every_two_neighbours_that_were_exchanged_are_noticed(secret: bytes, place: int) -> None:
    signs = make_code(secret).replace("-", "")
    typed = signs[:place] + signs[place + 1] + signs[place] + signs[place + 2 :]
    if typed != signs:
        with pytest.raises(ClaimCodeMistyped):
            digest_of(typed)


@pytest.mark.parametrize("typed", ["", "O" * 15, "1" * 15, "2" * 14, "2" * 16, "ABCDE-FGHJK-MNPQĐ", "A" * 100_000])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(ClaimCodeMistyped):
        digest_of(typed)


def test_who_guesses_waits_and_nobody_else_does() -> None:
    throttle = Throttle(addresses=3)
    for at in range(MOST):
        throttle.check("guesser", at)
        throttle.refused("guesser", at)
    with pytest.raises(TooManyAttempts) as caught:
        throttle.check("guesser", MOST)
    assert caught.value.data["retry_after_s"] == WITHIN // 1_000_000
    throttle.check("neighbour", MOST)
    throttle.check("guesser", WITHIN)
    throttle.refused("guesser", WITHIN)
    for name in ("a", "b", "c"):
        throttle.refused(name, WITHIN)
    throttle.check("guesser", WITHIN)
