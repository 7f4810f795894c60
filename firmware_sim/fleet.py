"""Many speakers in one process: one epoll loop over their sockets and a heap of wake-ups, no thread for each.

The speakers share what is the same for all of them: decoded sound, verdicts on signed bytes and, in a crowd, the
files of the audio.
"""

import heapq
import select
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from devices.protocol.units import SECOND
from firmware_sim import runtime
from firmware_sim.certificate import own_address
from firmware_sim.crystal import Crystal
from firmware_sim.folder_flash import FolderFlash
from firmware_sim.hardware.box import Hardware
from firmware_sim.hardware.profile import Profile
from firmware_sim.identity import Identity
from firmware_sim.ledger import FileLedger
from firmware_sim.ports import SpeakerLink
from firmware_sim.settings import SpeakerSettings
from firmware_sim.sinks import NullSink, Sink
from firmware_sim.sounds import Sounds
from firmware_sim.speaker import Parts
from firmware_sim.station import NEVER, TICK, Station
from firmware_sim.strokes import Stroke
from firmware_sim.verdicts import Verdicts
from firmware_sim.wav_sink import WavSink

SinkName = Literal["null", "wav"]
CONNECTS = 100
"""Speakers switched on a second at the start."""
FILES = 256
"""Files that the process may have open beside one socket for each speaker."""
EVENTS = DUE = 128
"""Sockets, and wake-ups, served before the others have their turn: none may starve when there is too much of both."""
MOST_AT_ONCE = 16
"""Speakers switched on between two looks at the others."""
CROWD = 500
"""From so many speakers on the audio lies once for all of them."""
TOLD = ("have", "played", "failed", "refused", "expired", "cancelled")
"""Receipts that are counted."""
_CALM: Iterator[Stroke] = iter(())


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
        strokes: Iterator[Stroke] = _CALM,
        makes: Sequence[Profile] = (),
    ) -> None:
        """`url` of the broker; WAV files go to `wav_dir`; with a `seed` chance is repeatable.

        `makes` of speaker stand one after the other along the road; without any, all are as `settings` say.
        `strokes` name places in `identities` and instants from the start on, in order.
        """
        self.wav_dir = folder / "wav"
        self._identities = tuple(identities)
        self._url = url
        self._folder = folder
        self._sink = sink
        self._settings = settings or SpeakerSettings()
        self._makes = makes
        self._chance = runtime.chance(seed)
        self._strokes = strokes
        self._next_stroke: Stroke | None = None
        self._began = self._to_utc = self._rounds = 0
        self._sounds = Sounds()
        self._verdicts = Verdicts()
        self.stations: list[Station] = []
        self._heap: list[tuple[int, int]] = []
        self._wakes: list[int] = []
        self._by_fd: dict[int, int] = {}
        self._registered: list[tuple[int, int, int] | None] = []
        self._dark: deque[tuple[int, int]] = deque()
        """When to switch on whom, at the start."""
        self._stopped = True

    def start(self) -> None:
        """Switch all speakers on, one after the other in `do_once`; each connects at once."""
        runtime.allow_files(FILES + len(self._identities))
        self._epoll = select.epoll()
        self._stopped = False
        self.stations = [self._station(identity) for identity in self._identities]
        self._wakes = [NEVER] * len(self.stations)
        self._registered = [None] * len(self.stations)
        self._began = runtime.monotonic()
        self._to_utc, self._rounds = runtime.utc() - self._began, 0
        self._next_stroke = next(self._strokes, None)
        spread = len(self.stations) * SECOND // CONNECTS
        drawn = [(self._began + int(self._chance.uniform(0, spread)), index) for index in range(len(self.stations))]
        self._dark = deque(sorted(drawn))

    def stop(self) -> None:
        """Switch all speakers off, as by pulling the plug; safe to call twice."""
        if self._stopped:
            return
        self._stopped = True
        for station in self.stations:
            station.power_off()
        self._epoll.close()

    def __enter__(self) -> "Fleet":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def counts(self) -> dict[str, int]:
        """Now: `speakers`, `connected`, `playing`. Since the start: receipts written by kind, and `messages`."""
        words: Counter[str] = Counter()
        for station in self.stations:
            words.update(station.words)
        lit = [station.speaker for station in self.stations if station.speaker is not None]
        return {
            "speakers": len(self.stations),
            "connected": sum(station.connected for station in self.stations),
            "playing": sum(speaker.playing is not None for speaker in lit),
            **{word: words[word] for word in TOLD},
            "messages": sum(station.messages for station in self.stations),
        }

    def unwelcome(self, place: int) -> bool:
        """Whether the broker turns this speaker away; asked from any thread."""
        return self.stations[place].unwelcome

    def run(self, until: Callable[[], bool], step: float = 0.2) -> None:
        """Live until `until` says so; it is asked at least every `step` seconds."""
        while not until():
            self.do_once(step)

    def do_once(self, timeout: float) -> None:
        """Serve what has come and what is due; wait for it up to `timeout` seconds."""
        now = runtime.monotonic()
        first_dark = self._dark[0][0] if self._dark else NEVER
        wait = min(timeout, max(0, min(self._next_due(), first_dark) - now) / SECOND)
        ready = self._epoll.poll(wait, EVENTS)
        for fd, events in ready:
            index = self._by_fd[fd]
            if events & ~select.EPOLLOUT:
                self.stations[index].on_readable()
            else:
                self.stations[index].flush()
            self._look_at(index)
        now = runtime.monotonic()
        self._go_round(now - self._began)
        self._switch_on(now, MOST_AT_ONCE if len(ready) < EVENTS and self._next_due() > now - SECOND else 1)
        self._run_due(now)
        self._strike(now - self._began)

    def _switch_on(self, now: int, most: int) -> None:
        """Speakers whose time has come; who is behind with those that live takes on one at a time."""
        while self._dark and self._dark[0][0] <= now and most > 0:
            index = self._dark.popleft()[1]
            self.stations[index].switch_on(now)
            self._look_at(index)
            most -= 1

    def _go_round(self, since: int) -> None:
        """Ask every connection about its keep-alive once in `TICK`: else a broker drops them in a busy hour, and
        their coming back makes it busier.
        """
        count = len(self.stations)
        wanted = since * count // TICK
        for turn in range(max(self._rounds, wanted - count), wanted):
            self.stations[turn % count].tick()
            self._look_at(turn % count)
        self._rounds = wanted

    def _strike(self, since: int) -> None:
        """Let fall the strokes that are due."""
        while self._next_stroke is not None and self._next_stroke.at <= since:
            stroke, self._next_stroke = self._next_stroke, next(self._strokes, None)
            for index in stroke.places:
                station, until = self.stations[index], self._began + stroke.until
                if stroke.kind == "cut":
                    station.cut(until)
                else:
                    station.power_cut(until)
                self._look_at(index)

    def _next_due(self) -> int:
        """The earliest wake-up; those overtaken by another are thrown away."""
        while self._heap and self._wakes[self._heap[0][1]] != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else NEVER

    def _run_due(self, now: int) -> None:
        due: list[int] = []
        while self._next_due() <= now and len(due) < DUE:
            index = heapq.heappop(self._heap)[1]
            self._wakes[index] = NEVER
            due.append(index)
        for index in due:
            self.stations[index].run(runtime.monotonic())
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

    def _station(self, identity: Identity) -> Station:
        box = self._box(len(self.stations))
        settings = box.profile.settings(self._settings) if self._makes else self._settings

        def assemble(link: SpeakerLink, crystal: Crystal) -> Parts:
            return replace(self._parts(identity, link, crystal, settings), hardware=box)

        url = own_address(self._url, self._folder / identity.device)
        return Station(url, identity.device, assemble, self._chance, runtime.monotonic, box, self._utc)

    def _utc(self, real: int) -> int:
        """The true time at an instant of this machine."""
        return real + self._to_utc

    def _box(self, index: int) -> Hardware:
        """What is in the tin of this speaker, whatever becomes of its power; of the common make where none is said."""
        if not self._makes:
            return Hardware(Profile.read("common"), self._chance, runtime.utc(), self._settings.firmware)
        return Hardware(self._makes[index % len(self._makes)], self._chance, runtime.utc())

    def _parts(self, identity: Identity, link: SpeakerLink, crystal: Crystal, settings: SpeakerSettings) -> Parts:
        home = self._folder / identity.device
        shelf = self._folder / "shelf" if len(self._identities) >= CROWD else None
        sink: Sink = WavSink(self.wav_dir, identity.name) if self._sink == "wav" else NullSink()
        return Parts(
            identity=identity,
            settings=settings,
            flash=FolderFlash(home / "flash", settings.flash_bytes, shelf=shelf),
            sink=sink,
            ledger=FileLedger(home / "ledger.jsonl"),
            link=link,
            chance=self._chance,
            sounds=self._sounds,
            world=lambda mono: self._utc(crystal.real(mono)),
            believer=self._verdicts,
        )
