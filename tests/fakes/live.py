"""A whole installation in real processes: `loa serve`, `loa fleet`, and a broker of the test's own."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path
from typing import Any, Self

from api.cli.client import Client, Refused, Unreachable
from api.cli.endpoint import read_endpoint
from api.cli.judging import verdict_of
from devices.broker.child_broker import ChildBroker
from devices.broker.embedded import EmbeddedBroker
from firmware_sim.judge.verdict import Verdict
from tests.fakes.chaos import Chaos

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """One that no other test's connection is given by chance: from below those that the system hands out."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def until(ready: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, f"waited {seconds} s for: {what}"
        time.sleep(0.05)


def end(child: subprocess.Popen[bytes] | None) -> None:
    """Ask it to stop, and wait for it."""
    if child is None or child.poll() is not None:
        return
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(20)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


class Live:
    """`own_broker`: the broker is the test's and outlives the controller; otherwise it dies with it.

    `settings` are environment variables of the controller; `own_way` opens a bad link between it and the broker.
    """

    def __init__(
        self,
        folder: Path,
        *,
        own_broker: bool = True,
        kind: type[ChildBroker] = EmbeddedBroker,
        settings: Mapping[str, str] | None = None,
        own_way: Callable[[str], AbstractContextManager[Chaos]] | None = None,
    ) -> None:
        self.data = folder / "data"
        self.logs = folder / "logs"
        self.logs.mkdir(parents=True)
        (folder / "broker").mkdir()
        self.broker = kind(folder / "broker", 0) if own_broker else None
        self._settings = dict(settings or {})
        self._own_way = own_way
        self._stack = ExitStack()
        self.way: Chaos
        self.port = self.mqtt_port = 0
        self.server: subprocess.Popen[bytes] | None = None
        self.speakers: subprocess.Popen[bytes] | None = None
        self.starts = 0

    def __enter__(self) -> Self:
        if self.broker is not None:
            self.broker.start()
        if self._own_way is not None:
            self.way = self._stack.enter_context(self._own_way(self.broker_url))
            self._settings["LOA_MQTT__URL"] = self.way.url
        self.port, self.mqtt_port = free_port(), free_port()  # only now: others have taken theirs
        self.start_server()
        return self

    def __exit__(self, *_: object) -> None:
        for child in (self.speakers, self.server):
            end(child)
        self._stack.close()
        if self.broker is not None:
            self.broker.stop()

    @property
    def broker_url(self) -> str:
        assert self.broker is not None
        return self.broker.url

    @property
    def environment(self) -> Mapping[str, str]:
        given = {name: value for name, value in os.environ.items() if not name.startswith("LOA_")}
        given |= {"LOA_DATA": str(self.data), "LOA_AIR__LEAD_MS": "1500", "LOA_MQTT__PORT": str(self.mqtt_port)}
        given |= {"LOA_MQTT__URL": self.broker.url} if self.broker is not None else {}
        return given | self._settings

    def spawn(self, *words: str) -> subprocess.Popen[bytes]:
        self.starts += 1
        with (self.logs / f"{self.starts}-{words[0]}.log").open("wb") as log:
            command = [sys.executable, "-m", "api.cli", *words]
            return subprocess.Popen(
                command, cwd=ROOT, env=dict(self.environment), stdout=log, stderr=log, start_new_session=True
            )

    def start_server(self) -> None:
        self.server = self.spawn("serve", "--port", str(self.port))
        until(self.answers, 40, "the interface answers")

    def kill_server(self) -> None:
        """kill -9, as a crash would."""
        assert self.server is not None
        self.server.kill()
        self.server.wait()

    def answers(self) -> bool:
        if read_endpoint(self.data) is None or not (self.data / "api-key").is_file():
            return False
        try:
            return bool(self.client().get("/health")["broker"])
        except (Unreachable, Refused):
            return False

    def links_lost(self) -> int:
        """How often the controller has noticed that its link was gone; it may be back a moment later."""
        return sum(log.read_text().count("broker_link_down") for log in self.logs.glob("*-serve.log"))

    def client(self) -> Client:
        return Client(f"http://127.0.0.1:{self.port}", (self.data / "api-key").read_text())

    def start_fleet(self, count: int, sink: str = "null", through: str | None = None, online: int = -1) -> None:
        """`through`: another way to the broker than straight; it is up when so many are online, otherwise all."""
        online = count if online < 0 else online
        way = ("--mqtt", through) if through else ()
        self.speakers = self.spawn("fleet", "--speakers", str(count), "--sink", sink, *way)
        until(lambda: self.online() >= online, 60, f"{online} speakers online")

    def stop_fleet(self) -> None:
        end(self.speakers)
        self.speakers = None

    def online(self) -> int:
        """Speakers that the controller shows as being there."""
        return int(self.insist(lambda client: client.get("/health"))["devices"]["online"])

    def insist(self, call: Callable[[Client], Any], seconds: float = 60) -> Any:
        """Call until somebody answers, as a careful program does (with its Idempotency-Key)."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                return call(self.client())
            except (Unreachable, Refused) as error:
                if isinstance(error, Refused) and error.problem.get("status", 0) < 500:
                    raise
                assert time.monotonic() < deadline, f"no answer: {error}"
                time.sleep(0.1)

    def ended(self, order: str, seconds: float) -> dict[str, Any]:
        """The order once every speaker has ended."""
        ends = {"played", "failed", "refused", "expired", "cancelled", "unreachable"}
        shown: dict[str, Any] = {}

        def all_ended() -> bool:
            nonlocal shown
            shown = self.insist(lambda client: client.get(f"/broadcasts/{order}"))
            return all(row["state"] in ends for row in shown["deliveries"])

        until(all_ended, seconds, f"all speakers end, now {shown.get('counts')}")
        return shown

    def judged(
        self, orders: list[dict[str, Any]], alerts: list[dict[str, Any]] | None = None, *, bad_link: bool = False
    ) -> Verdict:
        shown = [self.insist(lambda client, order=order: client.get(f"/broadcasts/{order['id']}")) for order in orders]
        raised = [self.insist(lambda client, one=one: client.get(f"/alerts/{one['id']}")) for one in alerts or []]
        return verdict_of(shown, raised, self.data / "fleet", time.time_ns() // 1_000, bad_link=bad_link)
