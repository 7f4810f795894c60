"""A chaos proxy inside a test: its event loop runs in a thread of its own."""

import asyncio
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from devices.address import MqttUrl
from firmware_sim.chaos.proxy import ChaosProxy
from firmware_sim.chaos.weather import Weather

T = TypeVar("T")


class Chaos:
    """A running proxy, asked from the test's thread."""

    def __init__(self, weather: Weather, broker: str, seed: int) -> None:
        address = MqttUrl.parse(broker)
        self._broker = address.host, address.port
        self._weather = weather
        self._seed = seed
        self._loop = asyncio.new_event_loop()
        self._proxy: ChaosProxy
        self._stop: asyncio.Event
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),))

    async def _run(self) -> None:
        self._stop = asyncio.Event()
        chance = random.Random(self._seed)
        async with ChaosProxy(self._weather, self._broker, ("127.0.0.1", 0), chance) as self._proxy:
            self._ready.set()
            await self._stop.wait()

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(5)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()

    @property
    def url(self) -> str:
        host, port = self._proxy.place
        return f"mqtt://{host}:{port}"

    def counts(self) -> dict[str, int]:
        return self._ask(self._proxy.counts)

    def cut_all(self) -> None:
        self._ask(self._proxy.cut_all)

    def silence_all(self) -> None:
        self._ask(self._proxy.silence_all)

    def _ask(self, call: Callable[[], T]) -> T:
        async def answer() -> T:
            return call()

        return asyncio.run_coroutine_threadsafe(answer(), self._loop).result(10)


@contextmanager
def chaos(broker: str, weather: Weather | None = None, seed: int = 1, **wishes: Any) -> Iterator[Chaos]:
    """A proxy in front of `broker`; `wishes` are fields of its `Weather`."""
    running = Chaos(weather or Weather(**wishes), broker, seed)
    running.start()
    try:
        yield running
    finally:
        running.stop()
