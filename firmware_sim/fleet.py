"""Many speakers in one process: one epoll loop over their sockets and a heap of wake-ups, no thread for each.

The speakers share what is the same for all of them: decoded sound, and verdicts on signed bytes.
"""

import heapq
import select
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from devices.protocol.units import SECOND
from firmware_sim import runtime
from firmware_sim.crystal import draw_crystal
from firmware_sim.folder_flash import FolderFlash
from firmware_sim.identity import Identity
from firmware_sim.ledger import FileLedger
from firmware_sim.ports import SpeakerLink, WorldClock
from firmware_sim.settings import SpeakerSettings
from firmware_sim.sinks import NullSink, Sink
from firmware_sim.sounds import Sounds
from firmware_sim.speaker import Parts
from firmware_sim.station import NEVER, Station
from firmware_sim.verdicts import Verdicts
from firmware_sim.wav_sink import WavSink

SinkName = Literal["null", "wav"]
CONNECTS = 100
"""Connections opened a second at the start."""
FILES = 256
"""Files that the process may have open beside one socket for each speaker."""
EVENTS = 64
"""Sockets served before wake-ups are looked at again."""


class Fleet:
    """`with Fleet(...) as fleet: fleet.run(until)`; each speaker keeps its things in `folder/{device}`."""

    def __init__(
        self,
        identities: Sequence[Identity],
        url: str,
        folder: Path,
        sink: SinkName = "wav",
        settings: SpeakerSettings | None = None,
        seed: int | None = None,
    ) -> None:
        """`url` of the broker; WAV files go to `wav_dir`; with a `seed` chance is repeatable."""
        self.wav_dir = folder / "wav"
        self._identities = tuple(identities)
        self._url = url
        self._folder = folder
        self._sink = sink
        self._settings = settings or SpeakerSettings()
        self._chance = runtime.chance(seed)
        self._sounds = Sounds()
        self._verdicts = Verdicts()
        self.stations: list[Station] = []
        self._heap: list[tuple[int, int]] = []
        self._wakes: list[int] = []
        self._by_fd: dict[int, int] = {}
        self._registered: list[tuple[int, int, int] | None] = []
        self._stopped = True

    def start(self) -> None:
        """Switch all speakers on; they connect one after the other in `do_once`."""
        runtime.allow_files(FILES + len(self._identities))
        self._epoll = select.epoll()
        self._stopped = False
        now = runtime.monotonic()
        to_utc = runtime.utc() - now
        spread = len(self._identities) * SECOND // CONNECTS
        for index, identity in enumerate(self._identities):
            station = self._station(identity, to_utc, now)
            self.stations.append(station)
            self._wakes.append(NEVER)
            self._registered.append(None)
            station.power_on(now + int(self._chance.uniform(0, spread)))
            self._look_at(index)

    def stop(self) -> None:
        """Switch all speakers off, as by pulling the plug; safe to call twice."""
        if self._stopped:
            return
        self._stopped = True
        for station in self.stations:
            station.settle()
            station.power_off()
        self._epoll.close()

    def __enter__(self) -> "Fleet":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def counts(self) -> dict[str, int]:
        """Now: `speakers`, `connected`, `playing`; since power-up: receipts `have` and `played` written."""
        speakers = [station.speaker for station in self.stations]
        return {
            "speakers": len(speakers),
            "connected": sum(station.connected for station in self.stations),
            "have": sum(speaker.books.words["have"] for speaker in speakers),
            "playing": sum(speaker.playing is not None for speaker in speakers),
            "played": sum(speaker.books.words["played"] for speaker in speakers),
        }

    def run(self, until: Callable[[], bool], step: float = 0.2) -> None:
        """Live until `until` says so; it is asked at least every `step` seconds."""
        while not until():
            self.do_once(step)

    def do_once(self, timeout: float) -> None:
        """Serve what has come and what is due; wait for it up to `timeout` seconds."""
        now = runtime.monotonic()
        wait = min(timeout, max(0, self._next_due() - now) / SECOND)
        for fd, events in self._epoll.poll(wait, EVENTS):
            index = self._by_fd[fd]
            if events & ~select.EPOLLOUT:
                self.stations[index].on_readable()
            else:
                self.stations[index].flush()
            self._look_at(index)
        self._run_due(runtime.monotonic())

    def _next_due(self) -> int:
        """The earliest wake-up; those overtaken by another are thrown away."""
        while self._heap and self._wakes[self._heap[0][1]] != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else NEVER

    def _run_due(self, now: int) -> None:
        due = []
        while self._next_due() <= now:
            due.append(heapq.heappop(self._heap)[1])
        for index in due:
            self.stations[index].run(runtime.monotonic())
            self._wakes[index] = NEVER
            self._look_at(index)

    def _look_at(self, index: int) -> None:
        """After anything happened at a station: when to wake it, and what to wait for on its socket."""
        station = self.stations[index]
        due = station.due()
        if due != self._wakes[index]:
            self._wakes[index] = due
            heapq.heappush(self._heap, (due, index))
        socket = station.socket()
        if socket is not None:
            self._wait_on(index, *socket, select.EPOLLIN | (select.EPOLLOUT if station.wants_write() else 0))

    def _wait_on(self, index: int, opened: int, fd: int, mask: int) -> None:
        known = self._registered[index]
        if known == (opened, fd, mask):
            return
        if known is None or known[0] != opened:
            self._epoll.register(fd, mask)
        else:
            self._epoll.modify(fd, mask)
        self._registered[index] = opened, fd, mask
        self._by_fd[fd] = index

    def _station(self, identity: Identity, to_utc: int, now: int) -> Station:
        crystal = draw_crystal(now, self._chance)

        def assemble(link: SpeakerLink) -> Parts:
            return self._parts(identity, link, lambda mono: crystal.real(mono) + to_utc)

        return Station(self._url, identity.device, assemble, crystal, self._chance, runtime.monotonic)

    def _parts(self, identity: Identity, link: SpeakerLink, world: WorldClock) -> Parts:
        home = self._folder / identity.device
        ledger = FileLedger(home / "ledger.jsonl")
        flash = FolderFlash(home / "flash", self._settings.flash_bytes)
        sink: Sink = WavSink(self.wav_dir, identity.name) if self._sink == "wav" else NullSink()
        return Parts(
            identity=identity,
            settings=self._settings,
            flash=flash,
            sink=sink,
            ledger=ledger,
            link=link,
            chance=self._chance,
            sounds=self._sounds,
            world=world,
            believer=self._verdicts,
        )
