"""Real processes behind bad links: slow, stalling, cut, dumb and repeating; and processes that stand still."""

import logging
import math
import os
import signal
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from devices.broker.child_broker import ChildBroker
from devices.broker.embedded import EmbeddedBroker
from devices.broker.mosquitto import MosquittoBroker
from devices.protocol.units import MILLI
from firmware_sim.chaos.loss import under_loss
from firmware_sim.chaos.weather import Conditions, Weather
from firmware_sim.judge.reading import read_ledgers
from tests.fakes.brokers import skip_without
from tests.fakes.chaos import Chaos, chaos
from tests.fakes.live import Live, until
from tests.scenario.test_live import bulletin, commune, order

SENTENCE = "Kính mời bà con trong xã đến nhà văn hóa dự buổi họp thôn tối nay. "
SENTENCE_BYTES = 16_300
"""What it weighs as Opus, about."""
KEEPALIVE_S = 30
ENDS = {"played", "failed", "refused", "expired", "cancelled"}
Order = dict[str, Any]
figures = logging.getLogger(__name__)
"""Shown with `--log-cli-level=INFO`."""


def clean(live: Live, orders: list[Order], alerts: list[Order] | None = None) -> None:
    """The judge finds nothing, and no clock was further off than its speaker said."""
    verdict = live.judged(orders, alerts, bad_link=True)
    assert verdict.verdict == "clean", verdict.as_json()
    for lines in read_ledgers(live.data / "fleet").values():
        for line in lines:
            if line["kind"] == "started":
                off = abs(int(str(line["wall"])) - int(str(line["true"])))
                assert off <= int(str(line["error"])) + 50 * MILLI, line


def spoken(live: Live, size: int) -> tuple[str, int]:
    """A bulletin of about so many bytes: its id and its true size."""
    said = bulletin(live, SENTENCE * max(1, round(size / SENTENCE_BYTES)))
    return said, int(live.insist(lambda client: client.get(f"/bulletins/{said}"))["size"])


def transferred(live: Live, made: Order, seconds: float) -> list[float]:
    """Wait until every speaker holds the audio; how long each took, s, ascending."""
    began = time.monotonic()
    took: list[float] = []

    def all_hold_it() -> bool:
        counts = live.insist(lambda client: client.get(f"/broadcasts/{made['id']}"))["counts"]
        there = sum(count for state, count in counts.items() if state not in {"queued", "ordered"})
        took.extend([time.monotonic() - began] * (there - len(took)))
        return len(took) == sum(counts.values())

    until(all_hold_it, seconds, "all hold the audio")
    return took


def stop(live: Live, made: Order) -> None:
    live.insist(lambda client: client.post(f"/broadcasts/{made['id']}/stop", key=f"stop-{made['id']}"))


def alert(live: Live, area: str) -> tuple[Order, int]:
    """Raise one; with when we asked, us UTC."""
    body = {"text": "Nước dâng nhanh.", "areas": [area], "expires_in_s": 60, "repeats": 1}
    asked, key = time.time_ns() // 1_000, str(uuid.uuid4())
    return live.insist(lambda client: client.post("/alerts", body, key=key)), asked


def tones(live: Live, raised: Order, asked: int) -> list[float]:
    """From our call to the first tone at each speaker that sounded it, s."""
    return [
        (int(str(line["true"])) - asked) / 1_000_000
        for lines in read_ledgers(live.data / "fleet").values()
        for line in lines
        if line["kind"] == "started" and line["part"] == "tone" and line["occurrence"] == raised["id"]
    ]


def settled(live: Live, raised: Sequence[Order], seconds: float = 150) -> None:
    def all_ended() -> bool:
        views = [live.insist(lambda client, one=one: client.get(f"/alerts/{one['id']}")) for one in raised]
        return all(set(view["counts"]) <= ENDS for view in views)

    until(all_ended, seconds, "the alerts end")


def emergencies(live: Live, area: str, speakers: int, alerts: int) -> tuple[list[Order], list[float]]:
    """One after the other; from each call to each tone, s, ascending."""
    made: list[Order] = []
    waits: list[float] = []
    for _ in range(alerts):
        raised, asked = alert(live, area)
        made.append(raised)
        deadline = time.monotonic() + 60
        while len(tones(live, raised, asked)) < speakers and time.monotonic() < deadline:
            time.sleep(0.2)
        settled(live, [raised])
        waits += tones(live, raised, asked)
    waits += [math.inf] * (speakers * alerts - len(waits))
    return made, sorted(waits)


def p95(ascending: Sequence[float]) -> float:
    return ascending[math.ceil(0.95 * len(ascending)) - 1]


# C1: a link as bad as 30 % packet loss and 150 ms


def lossy(
    folder: Path, kind: type[ChildBroker], *, delay_ms: float, speakers: int, size: int, alerts: int
) -> tuple[float, float]:
    """One transfer, then alerts; bytes a second of the middle speaker, and how often its size came down."""
    bad = under_loss(0.3, delay_ms)
    with (
        Live(folder, kind=kind, settings={"LOA_AIR__CHUNK_BYTES": "16384"}) as live,
        chaos(live.broker_url, Weather(up=bad, down=bad)) as link,
    ):
        area = commune(live)
        live.start_fleet(speakers, through=link.url)
        said, true_size = spoken(live, size)
        before = link.counts()["down_bytes"]
        made = order(live, said, area, max_late_s=1_200)
        took = transferred(live, made, 600)
        carried = (link.counts()["down_bytes"] - before) / speakers / true_size
        stop(live, made)
        live.ended(made["id"], 120)
        raised, waits = emergencies(live, area, speakers, alerts)
        clean(live, [made], raised)
    figures.info("%d bytes in %s s, %.2f times its size; alerts %s", true_size, took, carried, waits)
    assert p95(waits) <= 15, waits
    return true_size / took[len(took) // 2], carried


def test_a_link_as_bad_as_thirty_percent_loss(tmp_path: Path) -> None:
    lossy(tmp_path, EmbeddedBroker, delay_ms=20, speakers=4, size=16_000, alerts=1)


@pytest.mark.rehearse
@pytest.mark.timeout(400)
def test_a_third_of_a_megabyte_over_thirty_percent_loss_and_150_ms(tmp_path: Path) -> None:
    """At the rate at which 1 MB takes ten minutes, or faster."""
    skip_without(MosquittoBroker)
    rate, carried = lossy(tmp_path, MosquittoBroker, delay_ms=150, speakers=8, size=250_000, alerts=5)
    assert rate >= 1_048_576 / 600 and carried < 1.3


@pytest.mark.rehearse
@pytest.mark.timeout(900)
def test_a_megabyte_over_thirty_percent_loss_and_150_ms(tmp_path: Path) -> None:
    """Every speaker holds it within ten minutes."""
    lossy(tmp_path, EmbeddedBroker, delay_ms=150, speakers=8, size=1_048_576, alerts=8)


# C2: cut at 10, 50 and 99 % of the transfer


def cut_transfers(folder: Path, kind: type[ChildBroker], *, speakers: int, size: int, chunk: int, rate: float) -> None:
    weather = Weather(down=Conditions(rate=rate), cut_at_percent=(10, 50, 99))
    with (
        Live(folder, kind=kind, settings={"LOA_AIR__CHUNK_BYTES": str(chunk)}) as live,
        chaos(live.broker_url) as good,
    ):
        area = commune(live)
        live.start_fleet(speakers, through=good.url)
        until(lambda: quiet(good), 30, "clips are here")
        live.stop_fleet()
        with chaos(live.broker_url, weather) as link:
            live.start_fleet(speakers, through=link.url)
            until(lambda: quiet(link), 30, "the fleet is at rest")
            said, true_size = spoken(live, size)
            before = link.counts()["down_bytes"]
            made = order(live, said, area, max_late_s=600)
            transferred(live, made, 120)
            carried = (link.counts()["down_bytes"] - before) / speakers / true_size
            cuts = link.counts()["cuts"]
            stop(live, made)
            live.ended(made["id"], 120)
            clean(live, [made])
    figures.info("%d bytes, %d cuts, %.3f times its size", true_size, cuts, carried)
    assert cuts == 3 * speakers
    assert carried <= 1.2


def quiet(link: Chaos) -> bool:
    """Nothing much came down in the last two seconds."""
    before = link.counts()["down_bytes"]
    time.sleep(2)
    return link.counts()["down_bytes"] - before < 1_000


def test_cut_at_10_50_and_99_percent(tmp_path: Path) -> None:
    cut_transfers(tmp_path, EmbeddedBroker, speakers=3, size=300_000, chunk=8_192, rate=150_000)


@pytest.mark.full
@pytest.mark.timeout(300)
def test_a_megabyte_cut_at_10_50_and_99_percent(tmp_path: Path) -> None:
    skip_without(MosquittoBroker)
    cut_transfers(tmp_path, MosquittoBroker, speakers=40, size=1_048_576, chunk=65_536, rate=100_000)


# C3: messages that come again at every reconnect


def repeated(folder: Path, kind: type[ChildBroker], *, speakers: int, orders: int, weather: Weather) -> None:
    """The controller's own link is as bad as the speakers', but cut more rarely."""
    own = replace(weather, cut_every_s=3 * weather.cut_every_s)
    with Live(folder, kind=kind, own_way=lambda url: chaos(url, own, seed=2)) as live:
        area = commune(live)
        with chaos(live.broker_url, weather, seed=3) as link:
            live.start_fleet(speakers, through=link.url, online=1)
            said = bulletin(live, "Một hai ba.")
            made = [order(live, said, area, max_late_s=600) for _ in range(orders)]
            stop(live, made[-1])
            raised, _ = emergencies(live, area, speakers, 1)
            until(lambda: link.counts()["cuts"] > speakers, 120, "each line was cut, about")
            made.append(order(live, said, area, max_late_s=600))
            for one in made:
                live.ended(one["id"], 200)
            clean(live, made, raised)


BREAKING = {"cut_every_s": 6.0, "duplicate": 0.5, "outage_s": 0.5}


def test_half_of_everything_comes_again_at_every_reconnect(tmp_path: Path) -> None:
    repeated(tmp_path, EmbeddedBroker, speakers=6, orders=3, weather=Weather(**BREAKING))


@pytest.mark.full
@pytest.mark.timeout(400)
def test_delay_stalls_cuts_and_repetition_at_once(tmp_path: Path) -> None:
    skip_without(MosquittoBroker)
    rough = Conditions(delay_ms=100, jitter_ms=100, stall_every_s=10, stall_s=2, rate=50_000)
    weather = Weather(up=rough, down=rough, cut_every_s=15, duplicate=0.3, outage_s=3)
    repeated(tmp_path, MosquittoBroker, speakers=20, orders=10, weather=weather)


# C4: half-open


@pytest.mark.full
@pytest.mark.timeout(400)
def test_a_dumb_link_is_shown_as_offline_and_heals(tmp_path: Path) -> None:
    """Within one and a half keepalives and 10 s, as is the controller's own link."""
    with Live(tmp_path, own_way=chaos) as live, chaos(live.broker_url) as link:
        area = commune(live)
        live.start_fleet(12, through=link.url)
        said = bulletin(live, "Một hai ba.")
        link.silence_all()
        began = time.monotonic()
        until(lambda: live.online() == 0, 1.5 * KEEPALIVE_S + 10, "all are shown as offline")
        figures.info("speakers offline after %.0f s", time.monotonic() - began)
        until(lambda: live.online() == 12, 90, "all have come back")
        lost = live.links_lost()
        live.way.silence_all()
        began = time.monotonic()
        until(lambda: live.links_lost() > lost, 1.5 * KEEPALIVE_S + 10, "the controller knows that it hears nobody")
        figures.info("controller offline after %.0f s", time.monotonic() - began)
        until(live.answers, 30, "its link is back")
        made = order(live, said, area)
        assert set(live.ended(made["id"], 60)["counts"]) == {"played"}
        clean(live, [made])


# B10: processes that stand still


VICTIMS: dict[str, Callable[[Live], int]] = {
    "controller": lambda live: live.server.pid if live.server else 0,
    "fleet": lambda live: live.speakers.pid if live.speakers else 0,
    "broker": lambda live: (live.broker.pid or 0) if live.broker else 0,
}


def stand_still(folder: Path, seconds: float, victims: Sequence[str], bulletins: int) -> None:
    """SIGSTOP these processes, one after the other, each while a bulletin sounds and others wait."""
    with Live(folder) as live:
        area = commune(live)
        live.start_fleet(6)
        said = bulletin(live, SENTENCE)
        made: list[Order] = []
        for name in victims:
            made += [order(live, said, area, max_late_s=30) for _ in range(bulletins)]
            time.sleep(3)
            os.kill(VICTIMS[name](live), signal.SIGSTOP)
            try:
                time.sleep(seconds)
            finally:
                os.kill(VICTIMS[name](live), signal.SIGCONT)
        time.sleep(2)  # until the controller has heard whom a broker that woke up has missed
        until(lambda: live.answers() and live.online() == 6, 90, "all are there again")
        made.append(order(live, said, area, max_late_s=120))
        for one in made:
            until(lambda one=one: signed(live, one) <= {"played", "failed", "expired"}, 150, "a signed end of each")
        assert signed(live, made[-1]) == {"played"}
        clean(live, made)


def signed(live: Live, made: Order) -> set[str]:
    """The states of an order; `unreachable` is replaced by the speaker's own word as soon as it comes."""
    return set(live.insist(lambda client: client.get(f"/broadcasts/{made['id']}"))["counts"])


def test_each_process_stands_still_for_some_seconds(tmp_path: Path) -> None:
    stand_still(tmp_path, 3, list(VICTIMS), bulletins=1)


@pytest.mark.full
@pytest.mark.timeout(400)
def test_each_process_stands_still_for_two_minutes(tmp_path: Path) -> None:
    """Three installations side by side, one process of each."""
    with ThreadPoolExecutor() as pool:
        running = [pool.submit(stand_still, tmp_path / name, 120, [name], 2) for name in VICTIMS]
        for one in running:
            one.result()
