"""Many speakers in one process on a real broker: they join, fetch, play together, and survive what happens."""

import json
import signal
import socket
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import iotcore
import pytest

from firmware_sim.fleet import Fleet
from firmware_sim.hardware.profile import Profile, profiles
from firmware_sim.identity import write_identity
from firmware_sim.strokes import Stroke
from firmware_sim.village.clips import opus_clip
from tests.firmware_sim.headquarters import Headquarters, name_of
from tests.firmware_sim.live_office import LiveOffice, eventually, utc

SECOND = 1_000_000


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def new_broker(port: int) -> iotcore.Broker:
    return iotcore.Broker(port=port, listen="127.0.0.1", max_payload_size=262_144, max_connections=20_000)


@pytest.fixture
def broker(port: int) -> Iterator[iotcore.Broker]:
    with new_broker(port) as running:
        yield running


def lines(folder: Path, kind: str) -> list[dict]:
    found = [json.loads(line) for path in folder.glob("*/ledger.jsonl") for line in path.open()]
    return [line for line in found if line["kind"] == kind]


class Show:
    """An office, a fleet, and one bulletin for all of them."""

    def __init__(
        self, port: int, folder: Path, speakers: int, strokes: Iterable[Stroke] = (), makes: Iterable[str] = ()
    ) -> None:
        self.identities = [Headquarters().born(f"Loa {number}") for number in range(speakers)]
        self.url = f"mqtt://127.0.0.1:{port}"
        self.folder = folder
        self.clip = opus_clip(4.0)
        made = [Profile.read(make) for make in makes]
        self.fleet = Fleet(self.identities, self.url, folder, seed=1, strokes=iter(strokes), makes=made)
        self.office = LiveOffice(port, self.identities)

    def turn(self) -> None:
        self.fleet.do_once(0.02)

    def wait(self, true, seconds: float = 30.0) -> float:
        return eventually(true, seconds, self.turn)

    def all_in_time(self) -> bool:
        stations = self.fleet.stations
        return all(station.connected and station.speaker.clock.valid and station.speaker.areas for station in stations)

    def order(self, word: str, in_seconds: float, **changes: object) -> int:
        self.office.retain(self.office.pen.blob(self.clip, 4_000, 65_536))
        start = utc() + int(in_seconds * SECOND)
        fields = {"start_at": start, "expires_at": start + 600 * SECOND, "max_late": 60_000} | changes
        self.office.say(self.office.pen.play(word, sha256(self.clip).hexdigest(), 4_000, **fields))
        return start

    def all_ended(self, word: str) -> bool:
        return len(self.office.ended(name_of(word + "-1"))) == len(self.identities)


def test_a_dozen_speakers_play_a_bulletin_together_and_write_what_sounded(
    port: int, broker: iotcore.Broker, tmp_path: Path
) -> None:
    show = Show(port, tmp_path, 12, makes=profiles())
    with show.office, show.fleet:
        show.wait(show.all_in_time)
        start = show.order("news", in_seconds=3)
        show.wait(lambda: show.all_ended("news"))
        assert {one.state for one in show.office.ended(name_of("news-1")).values()} == {"played"}
        counts = show.fleet.counts()
        assert counts.pop("messages") > 12 * 20
        assert counts == {
            "speakers": 12, "connected": 12, "playing": 0, "have": 12, "played": 12, "failed": 0, "refused": 0,
            "expired": 0, "cancelled": 0,
        }  # fmt: skip
    begun = [line["true"] - start for line in lines(tmp_path, "started")]
    assert len(begun) == 12 and max(begun) - min(begun) < 250_000
    files = sorted(show.fleet.wav_dir.glob("*.wav"))
    assert [file.name for file in files] == sorted(f"Loa-{number}_{name_of('news-1')}.wav" for number in range(12))
    for file in files:
        with wave.open(str(file)) as heard:
            assert abs(heard.getnframes() / 24_000 - 4.0) < 0.01
    assert not show.office.reports


def test_a_broker_killed_in_the_middle_and_back_empty(port: int, tmp_path: Path) -> None:
    show = Show(port, tmp_path, 6)
    first = new_broker(port)
    first.start()
    with show.office, show.fleet:
        show.wait(show.all_in_time)
        show.order("news", in_seconds=3)
        show.wait(lambda: show.fleet.counts()["have"] == 6)
        first.stop()
        show.wait(lambda: show.fleet.counts()["connected"] == 0)
        show.wait(lambda: show.fleet.counts()["played"] == 6)
        with new_broker(port):
            show.wait(lambda: show.all_ended("news"))
        assert {one.state for one in show.office.ended(name_of("news-1")).values()} == {"played"}


def test_a_fleet_that_is_cut_off_and_loses_power_ends_every_order_once(
    port: int, broker: iotcore.Broker, tmp_path: Path
) -> None:
    """Two lose power for a while before the start, two while it sounds, and two their connection."""
    began, planned = utc(), list[Stroke]()

    def fate() -> Iterator[Stroke]:
        while not planned:
            yield Stroke(utc() - began + SECOND // 10, "cut", (), 0)
        yield from planned

    show = Show(port, tmp_path, 8, fate())
    with show.office, show.fleet:
        show.wait(show.all_in_time)
        start = show.order("news", in_seconds=6) - began
        planned += [
            Stroke(start - 5 * SECOND, "power", (0, 1), start - 3 * SECOND),
            Stroke(start + SECOND, "cut", (4, 5), start + 3 * SECOND),
            Stroke(start + SECOND, "power", (2, 3), start + 4 * SECOND),
        ]
        show.wait(lambda: show.fleet.counts()["connected"] == 6)
        show.wait(lambda: show.all_ended("news"), 60)
        ends = show.office.ended(name_of("news-1"))
        counts = show.fleet.counts()
        assert counts["connected"] == 8 and counts["played"] + counts["failed"] == 8
    cut_short = {identity.device for identity in show.identities[2:4]}
    assert {device for device, end in ends.items() if (end.state, end.reason) == ("failed", "power_cut")} == cut_short
    assert {end.state for device, end in ends.items() if device not in cut_short} == {"played"}
    assert len(lines(tmp_path, "boot")) == 8 + 4, "four of them had a second life"


def test_a_machine_that_stands_still_at_the_start_makes_no_speaker_late(
    port: int, broker: iotcore.Broker, tmp_path: Path
) -> None:
    show = Show(port, tmp_path, 4)
    with show.office, show.fleet:
        show.wait(show.all_in_time)
        start = show.order("news", in_seconds=4)
        show.wait(lambda: show.fleet.counts()["have"] == 4)
        show.wait(lambda: utc() > start - SECOND)
        time.sleep(3)
        show.wait(lambda: show.all_ended("news"))
        assert {one.state for one in show.office.ended(name_of("news-1")).values()} == {"played"}
    begun = lines(tmp_path, "started")
    assert {line["from_ms"] for line in begun} == {0}
    assert all(abs(line["true"] - start) < 250_000 for line in begun)


def test_a_fleet_holds_one_descriptor_a_speaker_and_stops_at_once(
    port: int, broker: iotcore.Broker, tmp_path: Path
) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    show = Show(port, tmp_path, 40)
    with show.office:
        with show.fleet:
            show.wait(show.all_in_time)
            assert len(list(Path("/proc/self/fd").iterdir())) - before <= 40 + 20
            began = time.monotonic()
        assert time.monotonic() - began < 2


CHILD = """
import sys
from pathlib import Path
from firmware_sim.fleet import Fleet
from firmware_sim.identity import read_identity
folder = Path(sys.argv[1])
identities = [read_identity(path.parent) for path in sorted(folder.glob("*/birth.json"))]
with Fleet(identities, sys.argv[2], folder, sink="wav") as fleet:
    fleet.run(lambda: False)
"""


def test_a_fleet_killed_while_it_plays_resumes_and_leaves_valid_files(
    port: int, broker: iotcore.Broker, tmp_path: Path
) -> None:
    show = Show(port, tmp_path, 3)
    show.clip = opus_clip(8.0)
    for identity in show.identities:
        write_identity(tmp_path / identity.device, identity)

    def start_child() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path), show.url])

    with show.office:
        child = start_child()
        eventually(lambda: len(show.office.receipts) == 0 and len(list(tmp_path.glob("*/ledger.jsonl"))) == 3, 30)
        time.sleep(3)
        show.office.retain(show.office.pen.blob(show.clip, 8_000, 65_536))
        start = utc() + 3 * SECOND
        blob = sha256(show.clip).hexdigest()
        fields = {"start_at": start, "expires_at": start + 600 * SECOND, "max_late": 60_000}
        show.office.say(show.office.pen.play("news", blob, 8_000, **fields))
        eventually(lambda: utc() > start + 3 * SECOND and len(lines(tmp_path, "started")) == 3, 30)
        child.send_signal(signal.SIGKILL)
        child.wait()
        for file in (tmp_path / "wav").glob("*.wav"):
            with wave.open(str(file)) as heard:
                assert 24_000 < heard.getnframes() == len(heard.readframes(10**9)) // 2
        child = start_child()
        try:
            eventually(lambda: len(show.office.ended(name_of("news-1"))) == 3, 40)
        finally:
            child.kill()
            child.wait()
    ends = show.office.ended(name_of("news-1")).values()
    assert {(one.state, one.reason) for one in ends} == {("failed", "power_cut")}
    assert [line["resumed"] for line in lines(tmp_path, "started")].count(True) == 3
    assert {line["why"] for line in lines(tmp_path, "ended")} == {"power_cut", "finished"}


def rss() -> float:
    """MiB of this process."""
    status = Path("/proc/self/status").read_text().split("VmRSS:")[1]
    return int(status.split()[0]) / 1024


@pytest.mark.full
def test_two_hundred_speakers(
    port: int, broker: iotcore.Broker, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Figures go to the report; the limits leave room for a busy machine and an office in the same process."""
    show = Show(port, tmp_path, 200)
    before = rss()
    with show.office, show.fleet:
        figures = {"connect_s": show.wait(lambda: show.fleet.counts()["connected"] == 200)}
        show.wait(show.all_in_time, 60)
        figures["rss_mib"] = rss() - before
        show.order("news", in_seconds=12)
        figures["fetch_s"] = show.wait(lambda: show.fleet.counts()["have"] == 200, 60)
        show.wait(lambda: show.all_ended("news"), 90)
    record_property("figures", figures)
    assert {one.state for one in show.office.ended(name_of("news-1")).values()} == {"played"}
    assert figures["rss_mib"] < 60 and figures["connect_s"] < 20 and figures["fetch_s"] < 20
