"""A broker's process: started, asked to end, or killed. Knows no configuration and no MQTT."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from devices.broker import keeper

STOP_S = keeper.GRACE_S + 3
KILL_S = 5.0


class BrokerProcess:
    """One run of one program under its keeper; what it says goes to `log`. OSError: it cannot be run."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        with log.open("ab") as said:
            self._keeper = subprocess.Popen(
                [sys.executable, "-I", "-S", keeper.__file__, *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                start_new_session=True,  # Ctrl-C is for us: we still have to say good-bye through it
            )
        self._pipes = [pipe for pipe in (self._keeper.stdin, self._keeper.stdout) if pipe is not None]
        self.pid = int(self._pipes[1].readline() or 0)

    @property
    def exit_code(self) -> int | None:
        """None while it runs; 128 + n when signal n ended it."""
        return self._keeper.poll()

    def ended_within(self, seconds: float) -> bool:
        """Wait a moment for its end."""
        try:
            self._keeper.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """Ask it to end and wait for that; it is killed when it does not."""
        self._cut_cord()
        if not self.ended_within(STOP_S):
            self.kill()

    def kill(self) -> None:
        """End it as a crash would, at once."""
        if self.pid and self.exit_code is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        if not self.ended_within(KILL_S):
            self._keeper.kill()
            self._keeper.wait()
        self._cut_cord()

    def _cut_cord(self) -> None:
        for pipe in self._pipes:
            with suppress(OSError):
                pipe.close()
