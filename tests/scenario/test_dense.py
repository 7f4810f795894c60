"""Dense fleets on real brokers: several on one, a thousand on the embedded broker, ten thousand on Mosquitto."""

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from api.cli.bench_fleet import bench_fleet
from tests.fakes.live import Live, until

Record = Callable[[str, object], None]


@pytest.mark.full
def test_two_parts_of_a_fleet_share_a_broker_and_stop_when_told(tmp_path: Path) -> None:
    with Live(tmp_path) as live:
        words = ("fleet", "--speakers", "41", "--sink", "null", "--faults", "cuts,power", "--seed", "7", "--json")
        parts = [live.spawn(*words, "--part", f"{number}/2") for number in (1, 2)]
        try:
            until(lambda: live.online() >= 40, 60, "both parts online")
            time.sleep(6)
        finally:
            stopped = [stop(part) for part in parts]
        assert stopped == [0, 0]
        folders = [len(list((live.data / f"fleet-{number}-of-2").glob("*/birth.json"))) for number in (1, 2)]
        assert folders == [21, 20]
        lines = [json.loads(line) for log in live.logs.glob("*-fleet.log") for line in log.read_text().splitlines()]
        told = [line for line in lines if "connected" in line]
        assert {line["speakers"] for line in told} == {20, 21} and max(line["messages_s"] for line in told) > 0


def stop(part: subprocess.Popen[bytes]) -> int:
    part.send_signal(signal.SIGTERM)
    try:
        return part.wait(10)
    except subprocess.TimeoutExpired:
        part.kill()
        return part.wait()


@pytest.mark.full
@pytest.mark.timeout(400)
def test_a_thousand_speakers_on_the_embedded_broker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Record
) -> None:
    monkeypatch.chdir(tmp_path)
    figures = bench_fleet(1_000, "embedded", 10, 5)
    record_property("figures", figures)
    assert (figures["played"], figures["others"], figures["verdict"], figures["exit_code"]) == (1_000, {}, "clean", 0)
    assert figures["fleet_most_mb"] < 300 and figures["connect_s"] < 120


@pytest.mark.rehearse
@pytest.mark.timeout(3_600)
def test_ten_thousand_speakers_on_mosquitto(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Record
) -> None:
    monkeypatch.chdir(tmp_path)
    figures = bench_fleet(10_000, "mosquitto", 60)
    record_property("figures", figures)
    assert (figures["played"], figures["others"], figures["verdict"], figures["exit_code"]) == (10_000, {}, "clean", 0)
    assert figures["fleet_most_mb"] < 1_000 and figures["connect_s"] <= 120
