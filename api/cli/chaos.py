"""`loa chaos-proxy`: a bad link between speakers and their broker, for real sockets."""

import asyncio
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from api.cli.refusals import in_words
from api.cli.screen import fail, result_json, say
from devices.address import MqttUrl
from firmware_sim import runtime
from firmware_sim.chaos.errors import BadWeather
from firmware_sim.chaos.links import Links, RadioLinks
from firmware_sim.chaos.loss import goodput, under_loss
from firmware_sim.chaos.proxy import ChaosProxy, Place
from firmware_sim.chaos.weather import Conditions, Weather
from firmware_sim.errors import BadRadioModel
from firmware_sim.ports import Chance
from firmware_sim.radio.model import RadioModel

TELL_EVERY_S = 1.0
OF_THE_MODEL = {
    "direction": "both", "delay_ms": 0, "jitter_ms": 0, "rate": 0, "loss": 0, "stall_every_s": 0, "stall_s": 2,
    "cut_every_s": 0, "outage_s": 0,
}  # fmt: skip
"""What a radio model says itself, as it stands where nobody asked for it."""


@dataclass(frozen=True)
class ChaosWish:
    """What stands on the command line; see `Weather` and `Conditions` for what it means."""

    listen: str
    broker: str
    direction: Literal["both", "up", "down"]
    delay_ms: float
    jitter_ms: float
    rate: float
    loss: float
    stall_every_s: float
    stall_s: float
    cut_every_s: float
    cut_after_bytes: int
    cut_at_percent: tuple[float, ...]
    outage_s: float
    half_open_after_s: float
    duplicate: float
    model: str | None
    congested: bool
    seed: int | None
    as_json: bool


def chaos_proxy(wish: ChaosWish) -> None:
    """Stand between clients and broker until SIGINT or SIGTERM; counts are told every second."""
    _refuse_what_does_nothing(wish)
    with in_words():
        broker = MqttUrl.parse(wish.broker)
        if broker.tls:
            fail("The proxy reads the packets that pass: give it an mqtt:// address.")
        try:
            weather, chance = weather_of(wish), runtime.chance(wish.seed)
            links = _radio(wish, chance)
        except (BadWeather, BadRadioModel) as error:
            fail(f"{error.code}: {', '.join(f'{name} {value}' for name, value in error.data.items())}")
        proxy = ChaosProxy(weather, (broker.host, broker.port), _place(wish.listen), chance, links)
        asyncio.run(_run(proxy, wish))


def _refuse_what_does_nothing(wish: ChaosWish) -> None:
    if wish.model is None:
        if wish.congested:
            fail("--congested is the busy hour of a radio model: it needs --model.")
        return
    idle = [f"--{name.replace('_', '-')}" for name, unasked in OF_THE_MODEL.items() if getattr(wish, name) != unasked]
    if idle:
        fail(f"{', '.join(idle)}: with --model the radio model says this itself.")


def weather_of(wish: ChaosWish) -> Weather:
    """BadWeather where an option makes no sense."""
    rough = Conditions(wish.delay_ms, wish.jitter_ms, wish.rate, wish.stall_every_s, wish.stall_s)
    bad = under_loss(wish.loss, wish.delay_ms, rough)
    return Weather(
        up=Conditions() if wish.direction == "down" else bad,
        down=Conditions() if wish.direction == "up" else bad,
        cut_every_s=wish.cut_every_s,
        cut_after_bytes=wish.cut_after_bytes,
        cut_at_percent=wish.cut_at_percent,
        outage_s=wish.outage_s,
        half_open_after_s=wish.half_open_after_s,
        duplicate=wish.duplicate,
    )


def _radio(wish: ChaosWish, chance: Chance) -> Links | None:
    if wish.model is None:
        return None
    model = RadioModel.read(None if wish.model == "4g" else Path(wish.model))
    return RadioLinks(model, chance, congested=wish.congested)


def _place(text: str) -> Place:
    host, _, port = text.rpartition(":")
    if not port.isdigit() or int(port) > 65_535:
        fail(f"{text}: an address is HOST:PORT, port 0 for any")
    return host.strip("[]") or "127.0.0.1", int(port)


async def _run(proxy: ChaosProxy, wish: ChaosWish) -> None:
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    async with proxy:
        host, port = proxy.place
        _introduce(f"mqtt://{host}:{port}", wish)
        told: dict[str, int] = {}
        while not asked.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(asked.wait(), TELL_EVERY_S)
            if wish.as_json or proxy.counts() != told:
                _tell(told := proxy.counts(), wish.as_json)


def _introduce(url: str, wish: ChaosWish) -> None:
    if wish.as_json:
        result_json({"mqtt": url})
        return
    say(f"listens at     {url}, in front of {wish.broker}")
    if 0 < wish.loss < 0.5 and wish.model is None:
        one = under_loss(wish.loss, wish.delay_ms, Conditions(rate=wish.rate))
        say(f"{wish.loss:.0%} loss       time-outs from {one.rto_ms:.0f} ms, {goodput(one):.0f} bytes/s on average")


def _tell(counts: dict[str, int], as_json: bool) -> None:
    if as_json:
        result_json(counts)
    else:
        say("  ".join(f"{name} {count}" for name, count in counts.items()))
