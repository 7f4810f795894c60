"""The amplifier's programme: stretches that sound or are armed to, one at a time, and how much was heard."""

from dataclasses import dataclass

from devices.protocol.units import MILLI, SECOND
from firmware_sim.clock import Clock
from firmware_sim.entries import Key, Sounding, Why
from firmware_sim.sinks import UNIT, Run, Sink, time_of

MOST_STEER = 500_000
"""Faster or slower than the clock by no more, parts per billion: nobody hears it."""
CATCH_UP = 10 * SECOND
"""How fast a lag is made up for, us, where that does not take more than this rate."""
LOST = SECOND
"""With so much of a lag, us, a clock was set: it is not made up for."""
SETTLED = 200 * MILLI
"""What ends sooner than this, us, is left alone: what follows it may be armed already."""


@dataclass(eq=False)
class Cue:
    """One stretch on the amplifier, from arming until it is closed."""

    key: Key
    sounding: Sounding
    run: Run
    why: Why = "finished"
    begun: bool = False


class Player:
    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._cues: list[Cue] = []

    @property
    def cues(self) -> tuple[Cue, ...]:
        """In the order in which they sound."""
        return tuple(self._cues)

    @property
    def idle(self) -> bool:
        """Whether nothing sounds or is armed to."""
        return not self._cues

    def of(self, key: Key) -> list[Cue]:
        return [cue for cue in self._cues if cue.key == key]

    def busy_until(self, key: Key) -> int:
        """When the last stretch of `key` ends, us monotonic; 0 if there is none."""
        return max((cue.run.end for cue in self.of(key)), default=0)

    def arm(self, cue: Cue) -> None:
        """Hand a stretch over; what would still sound then gives way."""
        self.stop(cue.run.at, "preempted")
        self._cues.append(cue)
        self._sink.play(cue.run)

    def stop(self, at: int, why: Why, key: Key | None = None) -> None:
        """Nothing sounds from `at` (us monotonic) on. `why` is said of `key`; others were merely in the way."""
        for cue in self._cues:
            if cue.run.end > at:
                cue.why = why if key in (None, cue.key) else "preempted"
                cue.run.cut(at)
        self._sink.stop(at)

    def steer(self, clock: Clock, mono: int) -> None:
        """Let what sounds keep to `clock`, whose error changes and whose crystal drifts."""
        for cue in self._cues:
            now = clock.utc(mono)
            if cue.begun and now is not None and cue.run.end > mono + SETTLED:
                lag = now - cue.sounding.wall - time_of(cue.run.due(mono))
                cue.run.steer(mono, rate_for(clock.drift, lag))

    def begun(self, mono: int) -> list[Cue]:
        """Stretches whose first sample has sounded since the last call."""
        fresh = [cue for cue in self._cues if not cue.begun and cue.run.at <= mono < cue.run.end]
        for cue in fresh:
            cue.begun = True
        return fresh

    def finished(self, mono: int) -> list[Cue]:
        """Stretches that are over; they leave the amplifier."""
        self._sink.advance(mono)
        over = [cue for cue in self._cues if cue.run.end <= mono or cue.run.last <= cue.run.first]
        self._cues = [cue for cue in self._cues if cue not in over]
        return over

    def heard(self, cue: Cue, mono: int) -> int:
        """us of a stretch that have left the amplifier."""
        return time_of(self._sink.sounded(cue.run, mono))

    def next_wakeup(self) -> int | None:
        times = [cue.run.end if cue.begun else cue.run.at for cue in self._cues]
        wanted = self._sink.next_wakeup()
        return min([*times, *([] if wanted is None else [wanted])], default=None)


def rate_for(drift: int, lag: int) -> int:
    """Parts per billion by which the amplifier should run faster, `lag` us behind the clock."""
    wanted = drift + (lag * UNIT // CATCH_UP if abs(lag) < LOST else 0)
    return max(-MOST_STEER, min(MOST_STEER, wanted))
