"""Time that moves only when events are run."""

from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.village.virtual_time import START, VirtualTime


@given(st.lists(st.integers(-5, 20)), st.integers(0, 20))
def test_events_come_by_instant_then_in_the_order_of_asking_and_no_others(after: list[int], until: int) -> None:
    time = VirtualTime()
    done: list[tuple[int, int]] = []
    for number, span in enumerate(after):
        time.at(START + span, lambda number=number: done.append((time.now, number)))  # type: ignore[misc]
    time.run_until(START + until)
    asked = sorted((max(START, START + span), number) for number, span in enumerate(after) if span <= until)
    assert done == asked
    assert time.now == time.clock() == START + until


def test_an_event_may_ask_for_others_and_the_past_is_now() -> None:
    time = VirtualTime()
    seen: list[int] = []

    def again() -> None:
        seen.append(time.now - START)
        if len(seen) < 4:
            time.at(START, again) if len(seen) == 2 else time.after(10, again)

    time.after(10, again)
    time.run_for(25)
    assert seen == [10, 20, 20]
    time.run_for(5)
    assert seen == [10, 20, 20, 30] and time.now == START + 30
