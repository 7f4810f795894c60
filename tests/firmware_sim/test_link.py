"""A speaker's connection: addresses with secrets and certificates, and what comes over TLS."""

import select
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.broker.mosquitto import MosquittoBroker
from devices.broker.ports import CONNACK
from devices.protocol.topics import Topics
from firmware_sim.address import BrokerAddress
from firmware_sim.errors import BadAddress
from firmware_sim.link import MqttLink
from tests.fakes.brokers import skip_without
from tests.fakes.heard_link import linked
from tests.fakes.secured import Authority, Secured, secured_broker

TOPICS = Topics("2b5d6c1e-0000-4000-8000-000000000001")
SPEAKER = "3c5d6c1e-0000-4000-8000-000000000002"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mqtt://127.0.0.1", BrokerAddress("127.0.0.1", 1883)),
        ("mqtts://broker.xa.vn/", BrokerAddress("broker.xa.vn", 8883, tls=True)),
        ("mqtt://[::1]:1884", BrokerAddress("::1", 1884)),
        ("mqtt://loa%207:p%40ss%3A@h", BrokerAddress("h", 1883, user="loa 7", password="p@ss:")),
        (
            "mqtts://h?ca=/etc/ca.pem&cert=me.pem&key=me.key",
            BrokerAddress("h", 8883, True, None, None, Path("/etc/ca.pem"), Path("me.pem"), Path("me.key")),
        ),
    ],
)
def test_an_address_is_read(text: str, expected: BrokerAddress) -> None:
    assert BrokerAddress.read(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "h:1883", "http://h", "mqtt://", "mqtt://h:66000", "mqtt://h/topic", "mqtt://h#f", "mqtt://h?ca=x",
     "mqtts://h?ca=", "mqtts://h?insecure=1", "mqtts://h?key=k", "mqtt://[::1"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        BrokerAddress.read(text)


@given(st.text("abcdefgh:@/?#% ệ1", min_size=6))
def test_a_password_is_in_no_text_and_in_no_error(password: str) -> None:
    try:
        address = BrokerAddress.read(f"mqtts://loa:S3cr3t{password}@h:8883")
        shown = f"{address} {address!r}"
    except BadAddress as error:
        shown = f"{error} {error!r} {error.__cause__}"
    assert "S3cr3t" not in shown


class Heard:
    """Notes what a link tells, and drives it as the fleet does: by what its socket says."""

    def __init__(self, url: str) -> None:
        self.link = MqttLink(url, SPEAKER, self)
        self.ups = self.downs = 0
        self.granted: list[str] = []
        self.messages: list[tuple[str, bytes]] = []

    def on_up(self) -> None:
        self.ups += 1

    def on_down(self) -> None:
        self.downs += 1

    def on_message(self, topic: str, payload: bytes) -> None:
        self.messages.append((topic, payload))

    def on_suback(self, topic: str, granted: bool) -> None:
        self.granted += [topic] if granted else []

    def live(self, until: object, seconds: float = 5) -> bool:
        deadline = time.monotonic() + seconds
        while not until() and time.monotonic() < deadline:  # type: ignore[operator]
            fd = self.link.fileno()
            if fd is None:
                break
            readable, writable, _ = select.select([fd], [fd] if self.link.wants_write() else [], [], 0.2)
            if readable:
                self.link.read()
            if writable:
                self.link.write()
        return bool(until())  # type: ignore[operator]


def test_user_and_password_arrive_unquoted() -> None:
    said: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            caller, _ = server.accept()
            with caller:
                said.append(caller.recv(4096))

        listener = threading.Thread(target=listen)
        listener.start()
        heard = Heard(f"mqtt://loa%207:p%40ss%3A@127.0.0.1:{server.getsockname()[1]}")
        heard.link.open(("t", b"will"))
        heard.link.write()
        listener.join(5)
        heard.link.close()
    assert said[0].endswith(b"\x00\x05loa 7\x00\x05p@ss:")


def test_certificates_that_are_not_there_are_told_and_not_tried_for_ever() -> None:
    with pytest.raises(BadAddress):
        Heard("mqtts://127.0.0.1?ca=/nowhere/ca.pem").link.open(("t", b"will"))


def test_several_messages_in_one_tls_record_are_all_heard(tmp_path: Path) -> None:
    """The socket tells of the record once; what lies decrypted behind its first packet must not wait."""
    Authority(tmp_path).issue("broker", server=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "broker.pem", tmp_path / "broker.key")
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            caller = context.wrap_socket(server.accept()[0], server_side=True)
            with caller:
                caller.recv(4096)
                caller.sendall(CONNACK + b"".join(b"\x30\x04\x00\x01t" + b"%d" % place for place in range(9)))
                over.wait(10)

        threading.Thread(target=serve).start()
        heard = Heard(f"mqtts://127.0.0.1:{server.getsockname()[1]}?ca={tmp_path}/ca.pem")
        heard.link.open(("t", b"will"))
        complete = heard.live(lambda: len(heard.messages) == 9, 2)
        over.set()
        heard.link.close()
    assert complete and [payload for _, payload in heard.messages] == [b"%d" % place for place in range(9)]


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    skip_without(MosquittoBroker)
    with secured_broker(tmp_path_factory.mktemp("secured"), ("controller", SPEAKER)) as running:
        yield running


@pytest.mark.full
def test_with_its_own_certificate_a_speaker_hears_everything_that_came(secured: Secured) -> None:
    topic = TOPICS.down(SPEAKER, "order")
    heard = Heard(secured.url(SPEAKER))
    heard.link.open((TOPICS.up(SPEAKER, "state"), b"gone"))
    assert heard.live(lambda: heard.ups)
    heard.link.subscribe(TOPICS.down_all(SPEAKER), 1)
    assert heard.live(lambda: heard.granted)
    with linked(secured.url("controller"), (TOPICS.up_all, 1)) as controller:
        sent = [str(number).encode() * 20 for number in range(200)] + [bytes(100_000)]
        for payload in sent:
            assert controller.publish(topic, payload)
        assert heard.live(lambda: len(heard.messages) == len(sent))
        assert [payload for _, payload in heard.messages] == sent
        heard.link.publish(TOPICS.up(SPEAKER, "hello"), b"here", 1, False)
        assert heard.live(lambda: controller.payloads(TOPICS.up(SPEAKER, "hello")) == [b"here"])
        heard.link.close()
    assert heard.downs == 0


@pytest.mark.full
def test_without_a_certificate_it_is_not_let_in(secured: Secured) -> None:
    heard = Heard(f"mqtts://127.0.0.1:{secured.port}?ca={secured.folder}/ca.pem")
    try:
        heard.link.open((TOPICS.up(SPEAKER, "state"), b"gone"))
    except OSError:
        return
    assert heard.live(lambda: heard.downs) and not heard.ups


@pytest.mark.full
def test_a_stranger_with_the_brokers_address_is_not_believed(secured: Secured) -> None:
    with pytest.raises(OSError):
        Heard(f"mqtts://127.0.0.1:{secured.port}").link.open(("t", b"will"))
