"""A thread that does one kind of work, one piece after the other, whenever its bell rings."""

import threading
from collections.abc import Callable

import structlog

from controller.runtime import world

log = structlog.get_logger()

LOOK_AGAIN_S = 5.0
"""How often it looks without being rung, so that a lost ring costs seconds and not for ever."""


class Worker:
    """`do_once` gives True while there is more to do."""

    def __init__(self, name: str, do_once: Callable[[], bool]) -> None:
        self._name = name
        self._do_once = do_once
        self._bell = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def ring(self) -> None:
        self._bell.set()

    def start(self) -> None:
        self._thread = world.start_thread(self._name, self._run)

    def stop(self) -> None:
        """Let the piece at hand end, for ten seconds at most."""
        self._stopping = True
        self.ring()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stopping:
            if not self._work():
                self._bell.wait(LOOK_AGAIN_S)
                self._bell.clear()

    def _work(self) -> bool:
        try:
            return self._do_once()
        except Exception:
            log.exception("worker_failed", worker=self._name)
            world.sleep(1.0)
            return True
