"""Stands between us and a broker: runs it, and ends it when we are gone, however we went.

Its stdin is the cord: when the other end closes, by us or by our death, the broker is asked to end, and
after 5 s made to. Should the keeper itself be killed, Linux kills the broker with it. Run as a script,
alone in its process; imports nothing of ours. Prints the broker's process id, ends with its exit code.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

GRACE_S = 5.0
PR_SET_PDEATHSIG = 1


def _end_with_us() -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    prctl, us = ctypes.CDLL(None).prctl, os.getpid()

    def before_exec() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != us:
            os._exit(1)

    return before_exec


def _end_when_cord_is_cut(broker: subprocess.Popen[bytes]) -> None:
    while os.read(0, 1024):
        pass
    broker.terminate()
    try:
        broker.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        broker.kill()


def main(command: list[str]) -> int:
    broker = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=2, preexec_fn=_end_with_us())  # noqa: PLW1509
    print(broker.pid, flush=True)  # noqa: T201
    threading.Thread(target=_end_when_cord_is_cut, args=(broker,), daemon=True).start()
    code = broker.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
