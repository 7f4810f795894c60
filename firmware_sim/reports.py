"""What was refused or went wrong: said once at once, then counted by code and said again every ten seconds."""

from collections.abc import Callable
from dataclasses import dataclass

from devices.protocol.units import SECOND

PERIOD = 10 * SECOND
CODES = 32
"""Different codes remembered at a time; others are counted as `others`."""
MOST = 1_000_000


@dataclass
class _Tally:
    count: int
    about: str
    next_at: int


class Reports:
    """`send` is given a code, how many since the last time, what the last one was about, and when (us monotonic)."""

    def __init__(self, send: Callable[[str, int, str, int], None]) -> None:
        self._send = send
        self._tallies: dict[str, _Tally] = {}
        self._connected = False

    def add(self, code: str, about: str, mono: int) -> None:
        if code not in self._tallies and len(self._tallies) >= CODES:
            code = "others"
        tally = self._tallies.setdefault(code, _Tally(0, "", mono))
        tally.count, tally.about = min(MOST, tally.count + 1), about[:200]
        self.do_once(mono)

    def on_connected(self, mono: int) -> None:
        self._connected = True
        self.do_once(mono)

    def on_disconnected(self) -> None:
        self._connected = False

    def do_once(self, mono: int) -> None:
        if not self._connected:
            return
        for code, tally in list(self._tallies.items()):
            if mono >= tally.next_at:
                self._say(code, tally, mono)

    def next_wakeup(self) -> int | None:
        return min((tally.next_at for tally in self._tallies.values()), default=None) if self._connected else None

    def _say(self, code: str, tally: _Tally, mono: int) -> None:
        """Say what was counted; a code of which nothing new came is forgotten."""
        if not tally.count:
            del self._tallies[code]
            return
        count, tally.count, tally.next_at = tally.count, 0, mono + PERIOD
        self._send(code, count, tally.about, mono)
