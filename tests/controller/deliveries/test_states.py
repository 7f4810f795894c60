"""The table of a delivery: every pair of state and event."""

import pytest

from controller.deliveries.states import ENDS, OPEN, SIGNED_ENDS, DeliveryEventKind, DeliveryState, step

S, E = DeliveryState, DeliveryEventKind
WORDS = {E.PLAYED, E.FAILED, E.REFUSED, E.EXPIRED, E.CANCELLED}

MOVES = {
    **{(S.QUEUED, word): S(word.value) for word in WORDS},
    **{(S.ORDERED, word): S(word.value) for word in WORDS},
    **{(S.HAVE, word): S(word.value) for word in WORDS},
    **{(S.PLAYING, word): S(word.value) for word in WORDS},
    **{(S.UNREACHABLE, word): S(word.value) for word in WORDS},
    (S.QUEUED, E.PUBLISHED): S.ORDERED,
    (S.QUEUED, E.HAVE): S.HAVE,
    (S.QUEUED, E.PLAYING): S.PLAYING,
    (S.QUEUED, E.DEADLINE): S.UNREACHABLE,
    (S.ORDERED, E.HAVE): S.HAVE,
    (S.ORDERED, E.PLAYING): S.PLAYING,
    (S.ORDERED, E.DEADLINE): S.UNREACHABLE,
    (S.HAVE, E.PLAYING): S.PLAYING,
    (S.HAVE, E.DEADLINE): S.UNREACHABLE,
    (S.PLAYING, E.DEADLINE): S.UNREACHABLE,
}


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("event", list(E))
def test_every_pair(state: DeliveryState, event: DeliveryEventKind) -> None:
    assert step(state, event) is MOVES.get((state, event), state)


def test_the_six_ends_of_the_promise() -> None:
    assert {end.value for end in ENDS} == {"played", "failed", "refused", "expired", "cancelled", "unreachable"}
    assert ENDS - {S.UNREACHABLE} == SIGNED_ENDS
    assert set(S) - ENDS == OPEN


@pytest.mark.parametrize("end", sorted(SIGNED_ENDS))
def test_a_signed_end_is_final(end: DeliveryState) -> None:
    assert all(step(end, event) is end for event in E)
