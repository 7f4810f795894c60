"""How long an emergency takes from the call to the sound at every speaker, beside one bare hop over the broker."""

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from api.cli.client import Client, client_of
from api.cli.configured import settings_with
from api.cli.demo import child_fleet, wait_online
from api.cli.fleet import FOLDER
from api.cli.following import ENDS
from api.cli.judging import verdict_of
from api.cli.refusals import in_words
from api.cli.serving import serving
from controller.runtime import world
from devices.link import Inbound
from devices.mqtt import MqttLink
from firmware_sim.judge.reading import read_ledgers

TEXT = "Nước lũ dâng nhanh, bà con khẩn trương lên chỗ cao."
EXPIRES_S = 60
SETTLE_S = 5.0
"""For the speakers to find the time and fetch the tone."""
HOPS = 50


def bench_alert(speakers: int, alerts: int) -> dict[str, Any]:
    """Raise alerts over simulated speakers, one after the other; ms from the call to each first tone."""
    folder = Path("loa-bench") / str(world.now() // 1_000_000)
    settings = settings_with(folder.absolute(), 0)
    with in_words(), serving(settings, any_port=True) as served, client_of(settings.data) as client:
        area = str(client.post("/areas", {"name": "Xã thử"}, key="bench-area")["id"])
        with child_fleet(settings, speakers, sink="null"):
            wait_online(client, speakers, quiet=True)
            world.sleep(SETTLE_S)
            hops = _bare_hops(served.endpoint.mqtt)
            raised = [_raise(client, area) for _ in range(alerts)]
        tones = _tones(settings.data / FOLDER, raised)
        verdict = verdict_of([], raised, settings.data / FOLDER, world.now())
    return {
        "speakers": speakers, "alerts": alerts, "heard": len(tones),
        "answer_p50_ms": _percentile([one["answer_ms"] for one in raised], 50),
        "tone_p50_ms": _percentile(tones, 50), "tone_p99_ms": _percentile(tones, 99), "tone_max_ms": max(tones),
        "of_it_lead_ms": settings.air.alert_lead_ms, "raw_hop_p50_ms": _percentile(hops, 50),
        "raw_hop_p99_ms": _percentile(hops, 99), "verdict": verdict.verdict,
    }  # fmt: skip


def _raise(client: Client, area: str) -> dict[str, Any]:
    """One alert until every speaker has ended; what is shown then, and when it was asked for (us UTC)."""
    asked_at = world.now()
    body = {"text": TEXT, "areas": [area], "expires_in_s": EXPIRES_S, "repeats": 1}
    made = client.post("/alerts", body, world.new_id())
    answer_ms = (world.now() - asked_at) / 1_000

    def ended() -> bool:
        shown = client.get(f"/alerts/{made['id']}")
        return all(row["state"] in ENDS for row in shown["deliveries"])

    world.wait_until(ended, EXPIRES_S)
    return dict(client.get(f"/alerts/{made['id']}")) | {"asked_at": asked_at, "answer_ms": answer_ms}


def _tones(folder: Path, raised: Sequence[dict[str, Any]]) -> list[float]:
    """ms from the call to the first sample, for every speaker and alert."""
    asked = {one["id"]: one["asked_at"] for one in raised}
    return [
        (int(str(line["true"])) - asked[line["order"]]) / 1_000
        for lines in read_ledgers(folder).values()
        for line in lines
        if line["kind"] == "started" and line["part"] == "tone" and line["order"] in asked
    ]


def _bare_hops(url: str) -> list[float]:
    """ms from one connection to another over the same broker, message by message."""
    arrived: list[int] = []
    topic = "loa/bench/hop"

    def hear(message: Inbound) -> None:
        arrived.append(message.received_at)

    def ignore(_: object) -> None:
        pass

    ends = [
        MqttLink(url, f"bench-{name}", filters, hear, ignore, world.now, world.jitter)
        for name, filters in (("to", [(topic, 1)]), ("from", []))
    ]
    with ends[0] as to, ends[1] as source:
        world.wait_until(lambda: to.up and source.up, 10)
        return [_hop(source, topic, arrived) for _ in range(HOPS)]


def _hop(source: MqttLink, topic: str, arrived: list[int]) -> float:
    count, left = len(arrived), world.now()
    source.publish(topic, b"x" * 300)
    world.wait_until(lambda: len(arrived) > count, 5)
    return (arrived[-1] - left) / 1_000


def _percentile(values: Sequence[float], percent: int) -> float:
    if len(values) < 2:
        return round(values[0], 1) if values else -1.0
    return round(statistics.quantiles(values, n=100, method="inclusive")[percent - 1], 1)
