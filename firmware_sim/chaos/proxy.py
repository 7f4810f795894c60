"""The proxy itself: one process, one event loop, thousands of connections. See docs/simulator.md, "Bad links"."""

import asyncio
from dataclasses import asdict, dataclass
from typing import Self

from devices.protocol.units import SECOND
from firmware_sim import runtime
from firmware_sim.chaos.clients import KnownClients
from firmware_sim.chaos.lane import NEVER
from firmware_sim.chaos.links import Links, WeatherLinks
from firmware_sim.chaos.passage import Passage
from firmware_sim.chaos.sockets import Socket
from firmware_sim.chaos.weather import Weather
from firmware_sim.ports import Chance

Place = tuple[str, int]
"""Host and port."""
BACKLOG = 4_096
FILES, FILES_EACH = 20_000, 2


@dataclass
class Counts:
    """Since the start; `open` and `dumb` are now."""

    connections: int = 0
    open: int = 0
    dumb: int = 0
    cuts: int = 0
    up_bytes: int = 0
    """Handed to the broker."""
    down_bytes: int = 0
    """Handed to clients."""


class ChaosProxy:
    """`async with ChaosProxy(...) as proxy:` listens at `proxy.place` until the block ends.

    `links` overrides the lanes and cuts of `weather`, for a radio model.
    """

    def __init__(
        self, weather: Weather, broker: Place, listen: Place, chance: Chance, links: Links | None = None
    ) -> None:
        self._weather = weather
        self._broker = broker
        self._listen = listen
        self._links = links or WeatherLinks(weather, chance)
        self._clients = KnownClients(weather, chance, self._links.outage, runtime.monotonic)
        self._passages: dict[Passage, list[asyncio.TimerHandle]] = {}
        self._calls: set[asyncio.Task[None]] = set()
        self._ended = Counts()

    async def __aenter__(self) -> Self:
        runtime.allow_files(FILES_EACH * FILES)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._welcome, *self._listen, backlog=BACKLOG)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for passage in list(self._passages):
            passage.refuse()
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    @property
    def place(self) -> Place:
        """Where it listens."""
        host, port = self._server.sockets[0].getsockname()[:2]
        return str(host), int(port)

    def counts(self) -> dict[str, int]:
        now = self._passages
        return asdict(self._ended) | {
            "open": len(now),
            "dumb": sum(passage.dumb for passage in now),
            "cuts": self._clients.cuts,
            "up_bytes": self._ended.up_bytes + sum(passage.up.passed for passage in now),
            "down_bytes": self._ended.down_bytes + sum(passage.down.passed for passage in now),
        }

    def cut_all(self) -> None:
        """Cut every connection that is open."""
        for passage in list(self._passages):
            passage.cut()

    def silence_all(self) -> None:
        """Make every connection that is open dumb."""
        for passage in self._passages:
            passage.fall_silent()

    def _welcome(self) -> Socket:
        link = self._links.new(runtime.monotonic())
        passage = Passage(link.up, link.down, self._clients, self._forget, self._weather.cut_after_bytes)
        silent_after = int(self._weather.half_open_after_s * SECOND) or NEVER
        loop = asyncio.get_running_loop()
        self._passages[passage] = [
            loop.call_later(after / SECOND, happen)
            for after, happen in ((link.cut_after, passage.cut), (silent_after, passage.fall_silent))
            if after < NEVER
        ]
        self._ended.connections += 1
        call = loop.create_task(self._call_broker(passage))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        return passage.client

    async def _call_broker(self, passage: Passage) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: passage.broker, *self._broker)
        except OSError:
            passage.refuse()

    def _forget(self, passage: Passage) -> None:
        """Both sockets are gone."""
        for timer in self._passages.pop(passage, []):
            timer.cancel()
        self._ended.up_bytes += passage.up.passed
        self._ended.down_bytes += passage.down.passed
