"""A speaker's crystal seen from the true time: how fast it runs can change, and a new boot counts from elsewhere."""


class Quartz:
    """True time (us UTC) to the speaker's monotonic clock (us) and back."""

    def __init__(self, now: int, mono: int, drift_ppm: float) -> None:
        self._true, self._mono = now, mono
        self._rate = 1 + drift_ppm / 1_000_000

    def mono(self, now: int) -> int:
        return self._mono + round((now - self._true) * self._rate)

    def true(self, mono: int) -> int:
        """Of an instant since the rate last changed."""
        return self._true + round((mono - self._mono) / self._rate)

    def run_at(self, now: int, drift_ppm: float) -> None:
        """From now on it runs at another rate; the clock does not leap."""
        self._true, self._mono = now, self.mono(now)
        self._rate = 1 + drift_ppm / 1_000_000

    def warmed(self, now: int, ppm: float) -> None:
        """From now on it runs faster by so much."""
        self.run_at(now, (self._rate - 1) * 1_000_000 + ppm)

    def restart(self, now: int, mono: int) -> None:
        """A boot: the clock begins anew at `mono`."""
        self._true, self._mono = now, mono
