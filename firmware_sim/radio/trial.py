"""A speaker's time code alone on a mobile link, in virtual time: its clock, its questions, its amplifier's rate.

The office answers with the true time. Nothing is signed here and nothing sounds: only instants are measured.
"""

import heapq
import itertools
from collections.abc import Callable
from contextlib import suppress
from math import log

from devices.protocol.errors import Stale
from devices.protocol.messages.time import TimeAnswer, TimeRequest
from devices.protocol.units import MILLI, SECOND
from firmware_sim.clock import Clock
from firmware_sim.conductor import NOTED
from firmware_sim.crystal import draw_crystal
from firmware_sim.entries import Sounding
from firmware_sim.errors import ClockBelowFloor
from firmware_sim.opus import RATE
from firmware_sim.player import Cue, Player, rate_for
from firmware_sim.ports import Chance
from firmware_sim.radio.model import RadioModel
from firmware_sim.radio.radio import Radio
from firmware_sim.settings import ARMED_AHEAD
from firmware_sim.sinks import NullSink, Run
from firmware_sim.sounds import Sound
from firmware_sim.timekeeper import Timekeeper

EPOCH = 1_800_000_000 * SECOND
"""The true UTC when a trial begins, us."""
REQUEST_BYTES = 200
ANSWER_BYTES = 700
"""A signed answer with its envelope and topic."""
STAMPING = 200
"""Mean of what the office takes between socket and stamp, and again between stamp and socket, us."""
NOBODY = "00000000-0000-4000-8000-000000000000"


class Silence(Sound):
    """A sound of that length that nobody reads."""

    def __init__(self, seconds: int) -> None:
        self.length = seconds * RATE


class Trial:
    """Instants are the true UTC, us. The link breaks as often as the model says."""

    def __init__(self, model: RadioModel, chance: Chance, *, operator: int = 0, congested: bool = False) -> None:
        self.now = EPOCH
        self._chance = chance
        self.radio = Radio(model, chance, operator=operator, congested=congested)
        swing = tuple(ppm * 1_000 for ppm in model.clock.swing_ppm)
        self._crystal = draw_crystal(EPOCH, chance, int(model.clock.drift_ppm * 1_000), (swing[0], swing[1]))
        self._clock = Clock()
        self._keeper = Timekeeper(self._clock, chance, self._ask)
        self._events: list[tuple[int, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self._session = 0
        self.connected_at = 0

    def connect(self) -> None:
        """Wake the radio, shake hands (TCP, then MQTT), and keep in time until the next cut."""
        self._session += 1
        at = self.now
        for _ in range(2):
            at += self.radio.up(at)
            at += self.radio.down(at)
        self._later(at, self._session, self._connected)

    def cut(self) -> None:
        """No network from now on."""
        self._session += 1
        self._keeper.on_disconnected()

    def run_until(self, end: int) -> None:
        while (at := self._next()) <= end:
            self.now = max(self.now, at)
            if self._events and self._events[0][0] <= self.now:
                heapq.heappop(self._events)[2]()
            else:
                self._keeper.do_once(self._crystal.mono(self.now))
        self.now = max(self.now, end)

    def run_until_connected(self) -> None:
        while not self.connected_at:
            self.run_until(self._next())

    def error(self) -> int | None:
        """us by which something comes too late that is to start now; None without valid time."""
        if not self._clock.valid:
            return None
        armed = self._clock.mono(self.now)
        return self._crystal.real(armed) - self.now

    def play(self, seconds: int) -> tuple[int, int]:
        """us by which a sound of that length begins too late, and by which it ends too late."""
        start = self.now + ARMED_AHEAD
        at = self._clock.mono(start)
        run = Run("trial", Silence(seconds), at, 0, seconds * RATE, 1.0, rate_for(self._clock.drift, 0))
        cue = Cue((NOBODY, NOBODY), _stretch(at, start, seconds), run)
        player = Player(NullSink())
        player.arm(cue)
        noted = at
        while noted < run.end:
            self.run_until(self._crystal.real(noted))
            player.begun(noted)
            player.steer(self._clock, noted)
            noted += NOTED
        end = self._crystal.real(run.end)
        return self._crystal.real(at) - start, end - start - seconds * SECOND

    def _next(self) -> int:
        wakeup = self._keeper.next_wakeup()
        times = [at for at, _, _ in self._events[:1]]
        times += [] if wakeup is None else [self._crystal.real(wakeup)]
        return min(times, default=2**62)

    def _later(self, at: int, session: int, deed: Callable[[], None]) -> None:
        """Do it at that instant, if the connection is still the same."""

        def unless_cut() -> None:
            if session == self._session:
                deed()

        heapq.heappush(self._events, (at, next(self._count), unless_cut))

    def _connected(self) -> None:
        self.connected_at = self.now
        self._keeper.on_connected(self._crystal.mono(self.now))
        self._later(self.now + self.radio.next_cut(), self._session, self._break)

    def _break(self) -> None:
        self.cut()
        self._later(self.now + self.radio.outage(), self._session, self.connect)

    def _ask(self, request: TimeRequest) -> None:
        came = self.now + self.radio.up(self.now, REQUEST_BYTES)
        t2 = came + self._stamping()
        left = t2 + self._stamping()
        answer = TimeAnswer(
            tenant=NOBODY, to=f"dev/{NOBODY}", issued_at=t2, nonce=request.nonce, t1=request.t1, t2=t2, t3=t2
        )
        arrives = left + self.radio.down(left, ANSWER_BYTES)
        self._later(arrives, self._session, lambda: self._answered(answer))

    def _answered(self, answer: TimeAnswer) -> None:
        with suppress(Stale, ClockBelowFloor):  # too late, or too wrong, to count
            self._keeper.on_answer(answer, self._crystal.mono(self.now))

    def _stamping(self) -> int:
        return int(-log(1 - self._chance.random()) * STAMPING)


def _stretch(mono: int, wall: int, seconds: int) -> Sounding:
    return Sounding(
        part="body", repeat=0, sha256="0" * 64, from_ms=0, position=0, length=seconds * SECOND // MILLI, mono=mono,
        wall=wall, true=None,
    )  # fmt: skip
