"""Where sound leaves: the port to the amplifier, and a sink that swallows it.

A run is handed over ahead of its time, as to a sound card's buffer; how much of it has sounded is then a
matter of the clock, whatever the caller is busy with. Knows nothing of orders.
"""

from dataclasses import dataclass
from typing import Protocol

from firmware_sim.opus import RATE
from firmware_sim.sounds import Sound

UNIT = 1_000_000_000


def samples_in(duration: int) -> int:
    """Whole samples in `duration` us."""
    return duration * RATE // 1_000_000


def time_of(samples: int) -> int:
    """us that `samples` take, rounded up."""
    return -(-samples * 1_000_000 // RATE)


@dataclass(eq=False)
class Run:
    """One stretch of sound on its way out."""

    label: str
    """Names the occurrence."""
    sound: Sound
    at: int
    """First sample, us of the speaker's monotonic clock."""
    first: int
    """Sample of the sound that comes first."""
    last: int
    """Sample after the last one; a stop moves it forward."""
    gain: float
    """Factor on the samples, 0 to 1."""
    rate: int = 0
    """How much faster than the speaker's clock the amplifier takes samples, parts per billion."""

    def __post_init__(self) -> None:
        self._mark = (self.at, 0)
        """Since when `rate` holds (us monotonic), and how many samples had sounded then."""

    @property
    def end(self) -> int:
        """When the last sample has sounded, us monotonic."""
        return self.left_at(self.last - self.first)

    def left_at(self, samples: int) -> int:
        """When so many samples of this run have sounded, us monotonic."""
        since, done = self._mark
        return since - (-time_of(samples - done) * UNIT // (UNIT + self.rate))

    def due(self, mono: int) -> int:
        """Samples of this run that the clock has passed."""
        since, done = self._mark
        passed = (mono - since) * (UNIT + self.rate) // UNIT
        return max(0, min(done + samples_in(passed), self.last - self.first))

    def steer(self, mono: int, rate: int) -> None:
        """From `mono` on, take samples at another rate."""
        due = self.due(mono)
        self._mark, self.rate = (min(mono, self.left_at(due)), due), rate

    def cut(self, at: int) -> None:
        """Let nothing sound from `at` on."""
        self.last = self.first + self.due(at)


class Sink(Protocol):
    """Runs are played in the order in which they are handed over, and never overlap."""

    def play(self, run: Run) -> None:
        """Take a run that starts now or soon."""
        ...

    def stop(self, at: int) -> None:
        """Nothing sounds from `at` on: the run that sounds then ends there, later ones never start."""
        ...

    def advance(self, mono: int) -> None:
        """Do what the hardware does by itself: sound up to `mono`."""
        ...

    def sounded(self, run: Run, mono: int) -> int:
        """Samples of `run` that have left the amplifier by `mono`."""
        ...

    def next_wakeup(self) -> int | None:
        """When `advance` is wanted next, us monotonic."""
        ...


class NullSink:
    """An amplifier without a horn: everything sounds in time, nobody hears it."""

    def play(self, run: Run) -> None:
        pass

    def stop(self, at: int) -> None:
        pass

    def advance(self, mono: int) -> None:
        pass

    def sounded(self, run: Run, mono: int) -> int:
        return run.due(mono)

    def next_wakeup(self) -> int | None:
        return None
