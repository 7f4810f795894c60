"""`loa serve` with the guarded Mosquitto as its child: speakers join by codes, sound, one is stolen and found."""

import time
from pathlib import Path

import pytest

from devices.broker.mosquitto import MosquittoBroker
from firmware_sim.certificate import own_address
from firmware_sim.counter import Counter
from firmware_sim.identity import read_identity
from firmware_sim.link import MqttLink
from tests.fakes.brokers import skip_without
from tests.fakes.live import Live, end, until
from tests.scenario.test_live import bulletin, order

pytestmark = pytest.mark.full


def test_speakers_join_by_codes_and_a_stolen_one_is_out_in_ten_seconds_and_back_when_found(tmp_path: Path) -> None:
    skip_without(MosquittoBroker)
    settings = {"LOA_MQTT__BROKER": "mosquitto", "LOA_MQTT__TLS": "true", "LOA_AIR__HEARTBEAT_S": "5"}
    with Live(tmp_path, own_broker=False, settings=settings) as live:
        area = str(live.client().post("/areas", {"name": "Xã Tân Đông"})["id"])
        live.start_fleet(5)
        said = bulletin(live, "Một hai ba.")
        played = live.ended(order(live, said, area)["id"], 60)
        assert played["counts"] == {"played": 5}
        thief = played["targets"][0]
        began = time.monotonic()
        live.client().put(f"/devices/{thief}/status", {"status": "stolen"})
        until(lambda: shut_out(live, thief), 10, "it is thrown out")
        assert time.monotonic() - began < 10
        assert not let_in(live, thief), "and does not come back"
        again = live.ended(order(live, said, area)["id"], 60)
        assert again["counts"] == {"played": 4} and thief not in again["targets"]
        live.stop_fleet()
        live.client().put(f"/devices/{thief}/status", {"status": "in_service"})
        assert not let_in(live, thief), "what was revoked stays void"
        home = live.data / "fleet" / thief
        Counter(live.client().address).renew(read_identity(home), home, 0)
        assert let_in(live, thief), "found again it has a certificate again"
        assert live.judged([played, again]).verdict == "clean"


def test_speakers_come_over_to_a_new_authority_by_themselves(tmp_path: Path) -> None:
    """Nobody tells them: the broker is unknown to them, so they ask the office, as whoever is turned away does."""
    skip_without(MosquittoBroker)
    settings = {"LOA_MQTT__BROKER": "mosquitto", "LOA_MQTT__TLS": "true", "LOA_AIR__HEARTBEAT_S": "5"}
    with Live(tmp_path, own_broker=False, settings=settings) as live:
        area = str(live.client().post("/areas", {"name": "Xã Tân Đông"})["id"])
        live.start_fleet(3)
        homes = [path.parent for path in (live.data / "fleet").glob("*/authority.pem")]
        (tmp_path / "copied").mkdir()
        for path in (live.data / "authority").iterdir():
            (tmp_path / "copied" / path.name).write_bytes(path.read_bytes())
        end(live.server)
        assert live.spawn("keys", "new-authority", "--yes").wait(60) == 0
        live.start_server()
        ca = live.data / "authority" / "ca.pem"
        stolen = f"cert={tmp_path}/copied/controller.pem&key={tmp_path}/copied/controller.key"
        address = f"mqtts://127.0.0.1:{live.mqtt_port}?ca={ca}&{stolen}"
        assert not reached(address, "controller"), "what was copied opens no door"
        until(lambda: all((one / "authority.pem").read_bytes() == ca.read_bytes() for one in homes), 180, "new papers")
        until(lambda: live.online() == 3, 90, "they are back")
        played = live.ended(order(live, bulletin(live, "Một hai ba."), area)["id"], 60)
        assert played["counts"] == {"played": 3}
        assert live.judged([played]).verdict == "clean"


def shut_out(live: Live, device: str) -> bool:
    """Whether the log of the controller says so."""
    logs = "".join(log.read_text() for log in live.logs.glob("*-serve.log"))
    return any("speaker_thrown_out" in line and device in line for line in logs.splitlines())


def let_in(live: Live, device: str) -> bool:
    """Whether the broker lets somebody in who shows that speaker's certificate."""
    return reached(own_address(f"mqtts://127.0.0.1:{live.mqtt_port}", live.data / "fleet" / device), device)


def reached(address: str, name: str) -> bool:
    """Whether the broker lets in who shows the certificate of this address."""
    caller = Caller(address, name)
    deadline = time.monotonic() + 3
    while not (caller.up or caller.down) and time.monotonic() < deadline:
        caller.serve()
    caller.link.close()
    return caller.up


class Caller:
    """Connects once and notes what comes of it."""

    def __init__(self, address: str, name: str) -> None:
        self.up = self.down = False
        self.link = MqttLink(address, name, self)
        try:
            self.link.open(("loa/none", b"will"))
        except OSError:
            self.down = True

    def serve(self) -> None:
        self.link.write()
        self.link.push()
        self.link.read()
        time.sleep(0.01)

    def on_up(self) -> None:
        self.up = True

    def on_down(self) -> None:
        self.down = True

    def on_message(self, topic: str, payload: bytes) -> None: ...

    def on_suback(self, topic: str, granted: bool) -> None: ...
