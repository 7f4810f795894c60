"""The way out through the horn: how long it sounded, and looks at what sounded last."""

import numpy as np
import pytest

from firmware_sim.hardware.horn import Horn
from firmware_sim.hardware.microphone import WINDOW, WINDOWS
from firmware_sim.opus import RATE
from firmware_sim.sinks import NullSink, Run

SECOND = 1_000_000


class Ramp:
    """Samples that tell their own place: the second in which they stand."""

    def __init__(self, seconds: int, ready: int | None = None) -> None:
        self.length = seconds * RATE
        self.ready = self.length if ready is None else ready * RATE

    def read(self, start: int, stop: int) -> np.ndarray:
        assert stop <= self.ready, "decodes what nobody asked for"
        return (np.arange(start, stop) // RATE).astype(np.int16)


def run(at: float, sound: Ramp, gain: float = 1.0) -> Run:
    return Run("x", sound, round(at * SECOND), 0, sound.length, gain)  # type: ignore[arg-type]


@pytest.fixture
def horn() -> Horn:
    return Horn(NullSink())


def test_sound_is_counted_once_and_up_to_now(horn: Horn) -> None:
    horn.play(run(10, Ramp(60)))
    assert [horn.take(at * SECOND)[0] for at in (5, 10, 30, 30, 100, 200)] == [0, 0, 20 * SECOND, 0, 40 * SECOND, 0]


def test_what_gives_way_counts_for_as_long_as_it_sounded(horn: Horn) -> None:
    first, second = run(10, Ramp(60)), run(30, Ramp(5))
    horn.play(first)
    horn.stop(30 * SECOND)
    first.cut(30 * SECOND)
    horn.play(second)
    assert horn.take(100 * SECOND)[0] == 25 * SECOND


def test_looks_are_at_the_last_ten_seconds_at_the_volume_that_was_sent(horn: Horn) -> None:
    horn.play(run(0, Ramp(60), gain=0.5))
    _, looks = horn.take(40 * SECOND)
    assert looks is not None and len(looks) == WINDOW * WINDOWS
    seconds = looks * 2 * 32_768
    assert seconds[0] == pytest.approx(30) and seconds[-1] == pytest.approx(39)
    assert horn.take(40 * SECOND) == (0, None)


def test_a_sink_that_swallows_is_looked_at_where_it_is_decoded(horn: Horn) -> None:
    horn.play(run(0, Ramp(60, ready=2)))
    _, looks = horn.take(40 * SECOND)
    assert looks is not None and looks.max() * 32_768 == pytest.approx(1)


def test_nothing_is_held_when_all_is_over(horn: Horn) -> None:
    horn.play(run(0, Ramp(5)))
    assert horn.take(60 * SECOND)[1] is not None
    held = [getattr(horn, name) for name in Horn.__slots__]
    assert not any(isinstance(thing, Run | np.ndarray) for thing in held)
