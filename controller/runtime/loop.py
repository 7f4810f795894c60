"""The one thread that drives the controller: it drains what came in, then does what is due."""

import queue
import threading
from collections.abc import Callable

import structlog

from controller.controller import Controller
from controller.runtime import world
from devices.link import Inbound

log = structlog.get_logger()

BATCH = 100
"""Messages that are booked in one transaction at most: a ring of the bell waits for no more than these."""
SECOND = 1_000_000
RETRY = SECOND
"""When it tries again after a failure, us."""
RUNNING = 1 << 62
"""Stands for the next wake-up while it is being worked out."""
LOOK_AFTER_BROKER = SECOND
"""How often the broker's process is looked after, us."""

Event = Inbound | bool | None
"""A message, the link going up or down, or a ring of the bell."""


class ControllerLoop:
    """Others only put into its queue; the controller itself is touched by its thread alone."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._wake_at = 0
        self._thread: threading.Thread | None = None

    def hear(self, message: Inbound) -> None:
        self._events.put(message)

    def link(self, up: bool) -> None:
        self._events.put(up)

    def ring(self) -> None:
        """Something new is in the tables; it is looked at before the messages that wait."""
        self._wake_at = 0
        self._events.put(None)

    def start(self, controller: Controller, supervise: Callable[[], object]) -> None:
        """Drive `controller`; `supervise` looks after the broker and is called at least once a second."""
        self._thread = world.start_thread("loa-controller", lambda: self._run(controller, supervise))

    def stop(self) -> None:
        self._stopping.set()
        self.ring()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _run(self, controller: Controller, supervise: Callable[[], object]) -> None:
        while not self._stopping.is_set():
            self._guarded(lambda: self._wait_and_take(controller))
            if world.now() >= self._wake_at:
                self._guarded(lambda: self._do_once(controller))
            self._guarded(supervise)

    def _do_once(self, controller: Controller) -> None:
        """A ring while this runs leaves `_wake_at` at 0, or its event in the queue, so that it runs again."""
        rung, self._wake_at = self._wake_at == 0, RUNNING
        wanted = None if rung else controller.keep(world.now())
        if wanted is None:
            controller.do_once(world.now())
            wanted = controller.next_wakeup(world.now())
        if self._wake_at == RUNNING:
            self._wake_at = wanted

    def _guarded(self, deed: Callable[[], object]) -> None:
        try:
            deed()
        except Exception:
            log.exception("controller_failed")
            self._wake_at = world.now() + RETRY
            world.sleep(0.2)

    def _wait_and_take(self, controller: Controller) -> None:
        patience = min(max(0, self._wake_at - world.now()), LOOK_AFTER_BROKER)
        try:
            events = [self._events.get(timeout=patience / SECOND)]
        except queue.Empty:
            return
        while len(events) < BATCH and not self._events.empty():
            events.append(self._events.get())
        self._take(controller, events)

    def _take(self, controller: Controller, events: list[Event]) -> None:
        """Messages ask for no work but their own; a ring of the bell and a change of the link do."""
        messages: list[Inbound] = []
        for event in events:
            if isinstance(event, Inbound):
                messages.append(event)
                continue
            self._wake_at = 0
            if event is not None:
                self._flush(controller, messages)
                controller.on_link(event, world.now())
        self._flush(controller, messages)

    def _flush(self, controller: Controller, messages: list[Inbound]) -> None:
        if messages and controller.on_messages(list(messages), world.now()):
            self._wake_at = min(self._wake_at, controller.next_wakeup(world.now()))
        messages.clear()
