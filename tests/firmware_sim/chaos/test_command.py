"""`loa chaos-proxy` as a command: it tells where it listens, counts, and ends when it is asked to."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from devices.broker.embedded import EmbeddedBroker
from tests.fakes.mqtt_client import MqttClient, clients

COMMAND = [sys.executable, "-m", "api.cli", "chaos-proxy"]


def test_it_listens_counts_and_ends(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path, 0) as broker:
        words = [*COMMAND, "--broker", broker.url, "--delay-ms", "30", "--direction", "up", "--seed", "1", "--json"]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
            assert running.stdout is not None
            url = json.loads(running.stdout.readline())["mqtt"]
            with clients(MqttClient(url, "c", "t/#")) as (client,):
                client.publish("t/x", b"x")
                counts = json.loads(running.stdout.readline())
            running.terminate()
            _, said = running.communicate(timeout=10)
    assert running.returncode == 0, said
    assert (counts["connections"], counts["open"]) == (1, 1) and counts["up_bytes"] > 0 < counts["down_bytes"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--loss", "2"], "bad_weather"),
        (["--duplicate", "-1"], "bad_weather"),
        (["--model", "/nowhere.toml"], "bad_radio_model"),
        (["--broker", "mqtts://h"], "mqtt://"),
        (["--listen", "nowhere"], "HOST:PORT"),
        (["--congested"], "--model"),
        (
            ["--model", "4g", "--loss", "0.1", "--delay-ms", "5", "--stall-s", "3"],
            "--delay-ms, --loss, --stall-s: with",
        ),
    ],
)
def test_senseless_wishes_are_refused_in_words(words: list[str], why: str) -> None:
    done = subprocess.run([*COMMAND, *words], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1 and why in done.stderr and "Traceback" not in done.stderr
