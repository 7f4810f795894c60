"""A broker of ours lives and dies as it should: with its parent, on its port, again when it fell."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.broker.broker import BrokerDied
from devices.broker.child_broker import ChildBroker
from devices.broker.embedded import EmbeddedBroker
from devices.broker.errors import BrokerMissing, BrokerNotStarted, BrokerPortTaken
from devices.broker.mosquitto import find_mosquitto
from devices.broker.ports import USUAL, answers, choose_port, is_free
from tests.fakes.brokers import KINDS, skip_without
from tests.fakes.mqtt_client import eventually

ROOT = Path(__file__).parents[3]
SECOND = 1_000_000
OWNER = """
import sys
from pathlib import Path
from devices.broker.{file} import {name}
broker = {name}(Path(sys.argv[1]), 0)
broker.start()
print(broker.pid, broker.url.rsplit(":", 1)[1], flush=True)
sys.stdin.read()
"""


class FallingBroker(ChildBroker):
    """A program that ends at once."""

    name = "falling"
    runs = 0

    def _prepare(self, folder: Path, port: int) -> list[str]:
        self.runs += 1
        return [sys.executable, "-c", "import sys; sys.exit('out of luck')"]


class FragileBroker(EmbeddedBroker):
    """A broker that starts unless it is told to fail."""

    name = "fragile"
    fails = False

    def _prepare(self, folder: Path, port: int) -> list[str]:
        command = super()._prepare(folder, port)
        return [sys.executable, "-c", "raise SystemExit(1)"] if self.fails else command


def lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def port_of(broker: ChildBroker) -> int:
    return int(broker.url.rsplit(":", 1)[1])


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker(tmp_path / "broker", 0) as broker:
        yield broker


def owned_broker(kind: type[ChildBroker], folder: Path) -> tuple[subprocess.Popen[str], int, int]:
    """Another process that owns a broker: that process, the broker's pid and its port."""
    code = OWNER.format(file=kind.name, name=kind.__name__)
    owner = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    pid, port = owner.stdout.readline().split()
    return owner, int(pid), int(port)


@pytest.mark.parametrize("kind", KINDS)
def test_it_ends_with_its_parent_however_that_ends(kind: type[ChildBroker], tmp_path: Path) -> None:
    skip_without(kind)
    owner, pid, port = owned_broker(kind, tmp_path / "broker")
    with owner:
        assert lives(pid) and answers(port)
        owner.send_signal(signal.SIGKILL)
    assert eventually(lambda: not lives(pid) and is_free(port))


def test_it_ends_when_its_keeper_is_killed(embedded: EmbeddedBroker) -> None:
    assert embedded.pid
    pid = embedded.pid
    keeper = int(Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()[1])
    os.kill(keeper, signal.SIGKILL)
    assert eventually(lambda: not lives(pid))


def test_it_listens_on_this_machine_only_and_leaves_its_port_when_it_stops(embedded: EmbeddedBroker) -> None:
    port = port_of(embedded)
    inodes = {
        fields[9]: fields[1]
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for fields in map(str.split, Path(table).read_text("ascii").splitlines()[1:])
        if int(fields[1].rsplit(":", 1)[1], 16) == port and fields[3] == "0A"
    }
    assert list(inodes.values()) == [f"0100007F:{port:04X}"]
    embedded.stop()
    embedded.stop()
    assert is_free(port) and embedded.pid is None


def test_it_starts_again_on_its_port_after_stop_and_after_kill(embedded: EmbeddedBroker) -> None:
    port, first = port_of(embedded), embedded.pid
    embedded.start()
    assert embedded.pid == first, "a second start changes nothing"
    embedded.kill()
    assert not answers(port)
    embedded.start()
    assert port_of(embedded) == port and answers(port)
    embedded.stop()
    embedded.start()
    assert port_of(embedded) == port and answers(port)


def test_it_is_started_again_when_it_died_and_left_alone_otherwise(embedded: EmbeddedBroker) -> None:
    port = port_of(embedded)
    assert embedded.supervise(0) is None
    assert embedded.pid
    os.kill(embedded.pid, signal.SIGKILL)
    assert eventually(lambda: embedded.pid is None)
    assert embedded.supervise(100 * SECOND) == BrokerDied("embedded", 128 + signal.SIGKILL, restarted=True)
    assert answers(port) and embedded.supervise(101 * SECOND) is None
    embedded.stop()
    assert embedded.supervise(200 * SECOND) is None and not answers(port), "who was stopped stays stopped"


def test_it_is_renewed_on_its_port_and_the_link_comes_back(embedded: EmbeddedBroker) -> None:
    port, first = port_of(embedded), embedded.pid
    assert embedded.renew()
    assert port_of(embedded) == port and answers(port) and embedded.pid not in (None, first)
    assert embedded.supervise(100 * SECOND) is None, "nothing died"
    embedded.stop()
    assert not embedded.renew() and not answers(port), "who was stopped stays stopped"


def test_one_that_keeps_dying_is_started_more_and_more_seldom(embedded: EmbeddedBroker) -> None:
    restarts = []
    for second in range(100, 150):
        embedded.kill()
        if embedded.supervise(second * SECOND):
            restarts.append(second)
    assert restarts == [100, 102, 106, 114, 130]
    embedded.kill()
    assert embedded.supervise(0) is not None, "a clock that was set back delays nothing"


def test_one_that_does_not_start_again_is_reported_and_tried_later(tmp_path: Path) -> None:
    with FragileBroker(tmp_path, 0) as broker:
        broker.kill()
        broker.fails = True
        died = BrokerDied("fragile", 128 + signal.SIGKILL, restarted=False)
        assert broker.supervise(100 * SECOND) == died and broker.pid is None
        broker.fails = False
        assert broker.supervise(101 * SECOND) is None
        assert broker.supervise(102 * SECOND) == BrokerDied("fragile", 128 + signal.SIGKILL, restarted=True)
        assert broker.pid


def test_restarts_leave_no_descriptors_behind(embedded: EmbeddedBroker) -> None:
    def restart(second: int) -> int:
        embedded.kill()
        assert embedded.supervise(second * 1000 * SECOND)
        return len(list(Path("/proc/self/fd").iterdir()))

    assert restart(1) == restart(2) == restart(3)


def test_its_log_says_why_it_did_not_start(tmp_path: Path) -> None:
    broker = FallingBroker(tmp_path, 0)
    with pytest.raises(BrokerNotStarted) as caught:
        broker.start()
    assert "out of luck" in str(caught.value.data["said"])
    assert broker.log.read_text("utf-8") == "out of luck\n"
    assert broker.runs == 1 and broker.pid is None and broker.supervise(0) is None


def test_a_port_that_is_taken_is_refused_and_the_usual_one_replaced(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        with pytest.raises(BrokerPortTaken):
            choose_port(taken)
        with pytest.raises(BrokerPortTaken):
            EmbeddedBroker(tmp_path, taken).start()
    usual = socket.socket()
    try:
        usual.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_free(USUAL):
            usual.bind(("127.0.0.1", USUAL))
            usual.listen()
        assert choose_port(USUAL) not in (0, USUAL)
    finally:
        usual.close()


def test_a_listener_that_is_no_broker_does_not_count_as_an_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert not answers(listener.getsockname()[1])


def test_a_missing_mosquitto_is_said_with_the_way_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrokerMissing) as caught:
        find_mosquitto(places=[str(tmp_path)])
    assert "apt install mosquitto" in str(caught.value) and "apt install mosquitto" in caught.value.vi
    program = tmp_path / "mosquitto"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert find_mosquitto() == program
