"""A broker that we start on this machine: its port, its folder, its life. What kind it is, others say."""

import os
import signal
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from devices.broker.broker import BrokerDied
from devices.broker.child import BrokerProcess
from devices.broker.errors import BrokerError, BrokerNotStarted
from devices.broker.ports import LOOPBACK, USUAL, answers, choose_port

START_TRIES = 200
TRY_S = 0.05
LOG_BYTES = 1024 * 1024
RETRY_US = 2_000_000
RETRY_MOST_US = 60_000_000


class ChildBroker(ABC):
    """Keeps its files in `folder`. The port is chosen at the first start and kept from then on.

    `port`: 1883 is a wish (a free one is taken where it is in use), 0 means any, another is a demand.
    """

    name: ClassVar[str]
    wears_out: int | None = None
    reads_again: ClassVar[bool] = False
    """Whether SIGHUP makes it read its files again; others it would end."""

    def __init__(self, folder: Path, port: int = USUAL) -> None:
        self._folder = folder
        self._wanted = port
        self._port = 0
        self._process: BrokerProcess | None = None
        self._deaths = 0
        self._retry_at = 0

    @abstractmethod
    def _prepare(self, folder: Path, port: int) -> list[str]:
        """Write the configuration and return the command."""

    @property
    def url(self) -> str:
        return f"mqtt://{LOOPBACK}:{self._port or self._wanted}"

    @property
    def pid(self) -> int | None:
        """The broker's own process while it runs."""
        return self._process.pid if self._process and self._process.exit_code is None else None

    @property
    def log(self) -> Path:
        """What it said."""
        return self._folder / f"{self.name}.log"

    def start(self) -> None:
        """See `Broker.start`."""
        if self.pid is not None:
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._port = self._port or choose_port(self._wanted)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.write_bytes(b"")
        process = BrokerProcess(self._prepare(self._folder, self._port), self.log)
        if not self._answered(process):
            process.stop()
            raise BrokerNotStarted(broker=self.name, log=str(self.log), said=self._last_words())
        if self._process is not None:
            self._process.stop()  # it is dead; this closes its pipes
        self._process = process

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.stop()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def supervise(self, now: int) -> BrokerDied | None:
        """See `Broker.supervise`. One that keeps dying is started again after 2, 4 ... 60 s only."""
        too_soon = 0 < self._retry_at - now <= RETRY_MOST_US  # and not when the clock was set back
        if self._process is None or (code := self._process.exit_code) is None or too_soon:
            return None
        quiet = now - self._retry_at > RETRY_MOST_US
        self._deaths = 1 if quiet else self._deaths + 1
        self._retry_at = now + min(RETRY_MOST_US, RETRY_US << min(self._deaths - 1, 8))
        return BrokerDied(self.name, code, restarted=self._started_again())

    def renew(self) -> bool:
        """See `Broker.renew`."""
        if self._process is None:
            return False
        self._process.stop()
        return self._started_again()

    def reload(self) -> None:
        """See `Broker.reload`; connections stay as they are."""
        if self.reads_again and self.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGHUP)

    def _started_again(self) -> bool:
        try:
            self.start()
        except (BrokerError, OSError):
            return False
        return True

    def _answered(self, process: BrokerProcess) -> bool:
        for _ in range(START_TRIES):
            if process.ended_within(TRY_S):
                return False
            if self._answers():
                return True
        return False

    def _answers(self) -> bool:
        return answers(self._port)

    def _last_words(self) -> str:
        return self.log.read_bytes()[-500:].decode("utf-8", "replace") if self.log.exists() else ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
