"""A dense fleet measured beside as many bare MQTT clients, in one run: memory, joining, rest, and each message."""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from api.cli.client import Client, client_of
from api.cli.endpoint import read_endpoint
from api.cli.fleet import FOLDER
from api.cli.following import ENDS
from api.cli.judging import verdict_of
from api.cli.refusals import in_words
from api.cli.screen import fail, say
from api.timestamps import to_utc
from controller.runtime import world
from devices.broker.choice import BrokerSettings, choose_broker
from firmware_sim.bare import BareFleet

JOIN_S, PLAY_S = 900.0, 600.0
SETTLE_S = 60.0
"""After joining: for the clocks to become good, which takes more questions for the time."""
AHEAD_S, AHEAD_EACH_S = 20.0, 0.04
"""How long before its start the bulletin is ordered: for a crowd to fetch it. Each speaker takes some 30 ms of CPU of
the fleet, the broker and the office together, and a busy machine gives them half of two cores or less."""
MESSAGES = 20
TEXT = "Mời bà con ra nhà văn hóa ấp họp vào bảy giờ tối nay."


@dataclass(frozen=True)
class Load:
    """What a process has used: s of CPU, MB held now and at most."""

    cpu_s: float
    mb: float
    most_mb: float


def load_of(pid: int | str) -> Load:
    """Read from the system (Linux)."""
    process = Path("/proc") / str(pid)
    ticks = process.joinpath("stat").read_text().rpartition(")")[2].split()[11:13]
    status = dict(line.split(":", 1) for line in process.joinpath("status").read_text().splitlines())
    held, most = (int(status[name].split()[0]) / 1_024 for name in ("VmRSS", "VmHWM"))
    return Load(sum(map(int, ticks)) / 100, round(held, 1), round(most, 1))


def bench_fleet(
    speakers: int, broker: Literal["embedded", "mosquitto"], rest_s: float, settle_s: float = SETTLE_S
) -> dict[str, Any]:
    """Both, one after the other, each on a broker of its own that our own door starts."""
    folder = (Path("loa-bench") / f"fleet-{world.now() // 1_000_000}").absolute()
    with in_words():
        figures = {"speakers": speakers, "broker": broker, "load_before": _load_average()}
        figures |= _bare(folder / "bare", speakers, broker, rest_s)
        figures |= _fleet(folder / "loa", speakers, broker, rest_s, settle_s)
        return figures | {"load_after": _load_average()}


def _load_average() -> float:
    return float(Path("/proc/loadavg").read_text().split()[0])


def _bare(folder: Path, count: int, kind: Literal["embedded", "mosquitto"], rest_s: float) -> dict[str, Any]:
    """Clients in this process: what they add to it."""
    before, began = load_of("self"), world.monotonic()
    with choose_broker(BrokerSettings(folder, kind=kind, port=0)) as broker, BareFleet(broker.url, count) as bare:
        while bare.ready < count and world.monotonic() < began + JOIN_S:
            bare.live(0.1)
        joined, joined_s = load_of("self"), world.monotonic() - began
        bare.live(rest_s)
        rested = load_of("self")
        for _ in range(MESSAGES):
            bare.publish(b"x" * 300)
            _until(bare, count)
        told = load_of("self")
    return {
        "bare_ready": bare.ready, "bare_connect_s": round(joined_s, 1),
        "bare_kb_each": round((rested.mb - before.mb) * 1_024 / count, 1),
        "bare_connect_cpu_ms_each": round((joined.cpu_s - before.cpu_s) * 1_000 / count, 2),
        "bare_rest_cpu_percent": _percent(joined, rested, rest_s),
        "bare_us_per_message": round((told.cpu_s - rested.cpu_s) * 1e6 / max(1, bare.heard)),
    }  # fmt: skip


def _until(bare: BareFleet, count: int) -> None:
    """Live until all have heard one message more, for ten seconds at most."""
    wanted, give_up = bare.heard // count * count + count, world.monotonic() + 10
    while bare.heard < wanted and world.monotonic() < give_up:
        bare.live(0.02)


def _percent(before: Load, after: Load, seconds: float) -> float:
    """Of one core."""
    return round((after.cpu_s - before.cpu_s) / seconds * 100, 1)


def _fleet(data: Path, count: int, kind: str, rest_s: float, settle_s: float) -> dict[str, Any]:
    """An installation and its speakers in processes of their own."""
    data.mkdir(parents=True)
    with _child(data, "serve", "--port", "0", "--broker", kind) as serve:
        if not world.wait_until(lambda: read_endpoint(data) is not None, 60):
            fail(f"the installation did not start: see {data / 'serve.log'}")
        with client_of(data) as client, _child(data, "fleet", "--speakers", str(count), "--json") as fleet:
            run = Measured(data, client, {"fleet": fleet.pid, "serve": serve.pid, "broker": _broker_of(serve.pid)})
            figures = run.joining(count)
            world.sleep(settle_s)
            figures |= run.resting(rest_s)
            figures |= run.playing(count)
            asked = world.monotonic()
            fleet.send_signal(signal.SIGTERM)
            code = fleet.wait(60)
            return figures | {"stop_s": round(world.monotonic() - asked, 1), "exit_code": code}


@contextmanager
def _child(data: Path, command: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """`loa COMMAND`, its lines in `COMMAND.out` and `COMMAND.log`; ended at the end."""
    line = [sys.executable, "-m", "api.cli", command, "--data", str(data), *words]
    with (data / f"{command}.out").open("wb") as out, (data / f"{command}.log").open("wb") as log:
        child = subprocess.Popen(line, stdout=out, stderr=log, start_new_session=True)
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(30)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _broker_of(serve: int) -> int:
    """The broker's process: the child of its keeper, which is a child of `loa serve`."""
    parents = {
        int(stat.parent.name): int(stat.read_text().rpartition(")")[2].split()[1])
        for stat in Path("/proc").glob("[0-9]*/stat")
        if stat.exists()
    }
    keepers = {pid for pid, parent in parents.items() if parent == serve}
    return next((pid for pid, parent in parents.items() if parent in keepers), serve)


class Measured:
    """The phases of one run, by the counts that the fleet prints and what its processes use."""

    def __init__(self, data: Path, client: Client, pids: Mapping[str, int]) -> None:
        self._data = data
        self._client = client
        self._pids = pids

    def joining(self, count: int) -> dict[str, Any]:
        """Until every speaker is connected, and the office knows it."""
        began = world.monotonic()
        self._wait("registration", lambda: bool(self._counts()))
        registered, before = world.monotonic(), self._loads()
        self._wait("connections", lambda: self._counts().get("connected", 0) >= count)
        connected = world.monotonic()
        self._wait("hellos", lambda: int(self._client.get("/health")["devices"]["online"]) >= count)
        after, empty = self._loads(), load_of("self")
        return {
            "register_s": round(registered - began, 1), "connect_s": round(connected - registered, 1),
            "online_s": round(world.monotonic() - registered, 1), "fleet_mb_joined": after["fleet"].mb,
            "bench_mb": empty.mb,
        } | {
            f"{name}_join_cpu_ms_each": round((after[name].cpu_s - before[name].cpu_s) * 1_000 / count, 2)
            for name in self._pids
        }  # fmt: skip

    def resting(self, seconds: float) -> dict[str, Any]:
        """Heartbeats and questions for the time only."""
        counts, before = self._counts(), self._loads()
        world.sleep(seconds)
        said, after = self._counts()["messages"] - counts["messages"], self._loads()
        return {f"{name}_rest_cpu_percent": _percent(before[name], after[name], seconds) for name in self._pids} | {
            "rest_messages_s": round(said / seconds), "fleet_mb": after["fleet"].mb, "serve_mb": after["serve"].mb,
            "broker_mb": after["broker"].mb,
        }  # fmt: skip

    def playing(self, count: int) -> dict[str, Any]:
        """One short bulletin to everybody, until the last signed end."""
        bulletin = self._client.post("/bulletins?wait_s=60", {"title": "Họp", "text": TEXT}, world.new_id())
        areas = [area["id"] for area in self._client.get("/areas")["items"] if area["parent"] is None]
        counts, before, asked = self._counts(), self._loads(), world.monotonic()
        start = to_utc(world.now() + int((AHEAD_S + AHEAD_EACH_S * count) * 1_000_000)).isoformat()
        wish = {"bulletin": bulletin["id"], "areas": areas, "at": start}
        made = self._client.post("/broadcasts", wish, world.new_id())
        order = self._followed(str(made["id"]))
        took = world.monotonic() - asked
        after, said = self._loads(), self._counts()["messages"] - counts["messages"]
        states = Counter(row["state"] for row in order["deliveries"])
        cpu = after["fleet"].cpu_s - before["fleet"].cpu_s
        return {
            "played": states["played"], "others": {state: n for state, n in states.items() if state != "played"},
            "play_s": round(took, 1), "bulletin_s": order["duration_ms"] / 1_000,
            "fleet_play_cpu_ms_each": round(cpu * 1_000 / count, 2), "fleet_most_mb": after["fleet"].most_mb,
            "fleet_us_per_message": round(cpu * 1e6 / max(1, said)),
            "verdict": verdict_of([order], [], self._data / FOLDER, world.now()).verdict,
        }  # fmt: skip

    def _followed(self, made: str) -> dict[str, Any]:
        give_up = world.monotonic() + PLAY_S
        while True:
            world.sleep(5.0)
            order: dict[str, Any] = self._client.get(f"/broadcasts/{made}")
            if all(row["state"] in ENDS for row in order["deliveries"]) or world.monotonic() > give_up:
                world.sleep(6.0)  # the fleet's next line
                return order

    def _counts(self) -> dict[str, int]:
        """The last whole line of the fleet; nothing before the first."""
        lines = (self._data / "fleet.out").read_bytes().rpartition(b"\n")[0].splitlines()
        return dict(json.loads(lines[-1])) if lines else {}

    def _loads(self) -> dict[str, Load]:
        return {name: load_of(pid) for name, pid in self._pids.items()}

    def _wait(self, what: str, ready: Callable[[], bool]) -> None:
        say(f"waiting for {what}")
        give_up = world.monotonic() + JOIN_S
        while not ready():
            if world.monotonic() > give_up:
                fail(f"no end of {what} within {JOIN_S:.0f} s: {self._counts()}, see {self._data}")
            world.sleep(0.5)
