"""A box on its pole in virtual time, without a speaker in it: bulletins by the clock, heartbeats by the minute."""

import random
from dataclasses import asdict

import numpy as np

from devices.condition import wrong
from devices.protocol.messages.speaker import Health
from devices.protocol.units import DAY, MINUTE, SECOND
from firmware_sim.hardware.box import Hardware
from firmware_sim.hardware.profile import Profile
from firmware_sim.opus import RATE
from firmware_sim.sinks import NullSink, Run

MIDNIGHT = 1_800_000_000 * SECOND // DAY * DAY - 7 * 3_600 * SECOND
"""Local."""
BOOT = "4509beb0-ab40-4d71-8a4a-5cd94a55c9a7"
OCCURRENCE = "53633039-36b0-4175-84a9-3ddd2e18bc4a"
BULLETINS = (5.5, 11.0, 16.5, 17.2, 19.0)
"""Local hours; each lasts two minutes."""
LENGTH = 120 * SECOND


class Speech:
    """Two minutes that swell and pause like speech, decoded."""

    def __init__(self, seed: int = 1) -> None:
        self.length = self.ready = LENGTH // SECOND * RATE
        count = np.arange(self.length)
        swell = np.clip(np.sin(count / 4_000) + 0.6 * np.sin(count / 31_000), 0, 1)
        self._samples = (np.random.default_rng(seed).standard_normal(self.length) * swell * 7_000).astype(np.int16)

    def read(self, start: int, stop: int) -> np.ndarray:
        return self._samples[start:stop]


SPEECH = Speech()


class Pole:
    """`beat()` is one minute: what sounds in it, then a heartbeat at a random moment of the next."""

    def __init__(self, make: str, seed: int, hour: float = 0.0) -> None:
        self.chance = random.Random(f"{make}/{seed}")
        self.start = self.now = MIDNIGHT + round(hour * 3_600) * SECOND
        self.hardware = Hardware(Profile.read(make), random.Random(seed), self.now)
        self.horn = self.hardware.horn(NullSink())
        self.volume = 0.64
        self.wrong: frozenset[str] = frozenset()
        self.run: Run | None = None
        self.now += round(self.chance.uniform(0, 60) * SECOND)
        self.hardware.boot(self.now)

    @property
    def mono(self) -> int:
        return self.now - self.start

    def play(self) -> None:
        self.run = Run("x", SPEECH, self.mono + SECOND, 0, SPEECH.length, self.volume)  # type: ignore[arg-type]
        self.horn.play(self.run)

    @property
    def playing(self) -> bool:
        return self.run is not None and self.run.at <= self.mono < self.run.end

    def beat(self) -> Health:
        before = self.now
        self.now += MINUTE
        for hour in BULLETINS:
            at = (MIDNIGHT + round(hour * 3_600) * SECOND - before) % DAY
            if at < MINUTE:
                self.now, after = before + at, self.now
                self.play()
                self.now = after
        return self.health()

    def health(self) -> Health:
        readings = self.hardware.readings(self.mono, self.now, self.playing)
        told = Health(
            boot=BOOT, uptime=self.mono // SECOND, volume=80, playing=OCCURRENCE if self.playing else None,
            flash_free=1_000_000, clock_error=3_000, **asdict(readings),
        )  # fmt: skip
        self.wrong = wrong(told, self.wrong)
        return told

    def beats(self, hours: float) -> list[Health]:
        return [self.beat() for _ in range(round(hours * 60))]
