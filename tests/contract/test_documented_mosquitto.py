"""The configuration that docs/brokers.md recommends for real speakers does what it says."""

import datetime
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from devices.broker.child import BrokerProcess
from devices.broker.mosquitto import MosquittoBroker, find_mosquitto
from devices.broker.ports import choose_port, is_free
from devices.protocol.topics import Topics
from tests.fakes.brokers import skip_without
from tests.fakes.heard_link import HeardLink, linked
from tests.fakes.mqtt_client import SILENCE_S, eventually

pytestmark = pytest.mark.full

PAGE = Path(__file__).parents[2] / "docs" / "brokers.md"
PEM = serialization.Encoding.PEM
TOPICS = Topics("2b5d6c1e-0000-4000-8000-000000000001")
SPEAKER, OTHER = "3c5d6c1e-0000-4000-8000-000000000002", "3c5d6c1e-0000-4000-8000-000000000003"


class Authority:
    """Issues certificates for a name, as NAME.pem and NAME.key in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named("authority")
        (folder / "ca.pem").write_bytes(self._issue(self._name, self._key, authority=True))

    def issue(self, name: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        plain = serialization.NoEncryption()
        (self._folder / f"{name}.key").write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, plain))
        (self._folder / f"{name}.pem").write_bytes(self._issue(_named(name), key, authority=False))

    def _issue(self, name: x509.Name, key: ec.EllipticCurvePrivateKey, *, authority: bool) -> bytes:
        today = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder(self._name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(today - datetime.timedelta(days=1))
            .not_valid_after(today + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
            .sign(self._key, hashes.SHA256())
            .public_bytes(PEM)
        )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


@dataclass(frozen=True)
class Secured:
    """A running broker, and the addresses by which holders of certificates reach it."""

    folder: Path
    port: int

    def url(self, name: str) -> str:
        files = f"ca={self.folder}/ca.pem&cert={self.folder}/{name}.pem&key={self.folder}/{name}.key"
        return f"mqtts://127.0.0.1:{self.port}?{files}"


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    skip_without(MosquittoBroker)
    folder, port = tmp_path_factory.mktemp("secured"), choose_port(0)
    authority = Authority(folder)
    for name in ("broker", "controller", SPEAKER, OTHER):
        authority.issue(name)
    for file in ("mosquitto.conf", "acl"):
        block = re.search(rf"```{re.escape(file)}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
        assert block, f"the page shows no {file}"
        text = block[1].replace("/etc/loa", str(folder)).replace("listener 8883", f"listener {port} 127.0.0.1")
        (folder / file).write_text(text + ("user root\n" if file != "acl" and os.geteuid() == 0 else ""), "utf-8")
    process = BrokerProcess([str(find_mosquitto()), "-c", str(folder / "mosquitto.conf")], folder / "log")
    try:
        assert eventually(lambda: not is_free(port)), (folder / "log").read_text("utf-8")
        yield Secured(folder, port)
    finally:
        process.stop()


def test_controller_and_speaker_hear_each_other(secured: Secured) -> None:
    up, down = TOPICS.up(SPEAKER, "hello"), TOPICS.down(SPEAKER, "order")
    filters = [(TOPICS.down_all(SPEAKER), 1), (TOPICS.area_all(OTHER), 1), (TOPICS.trust, 1)]
    with (
        linked(secured.url("controller"), (TOPICS.up_all, 1), (TOPICS.time_requests, 0)) as controller,
        linked(secured.url(SPEAKER), *filters, name=SPEAKER) as speaker,
    ):
        assert speaker.publish(up, b"here I am")
        assert speaker.publish(TOPICS.time_request(SPEAKER), b"what time is it?", qos=0)
        assert eventually(lambda: {up, TOPICS.time_request(SPEAKER)} <= {m.topic for m in controller.heard})
        for topic in (down, TOPICS.area_order(OTHER), TOPICS.trust):
            assert controller.publish(topic, b"to you", retain=True)
        assert eventually(lambda: len(speaker.heard) == 3)


def test_a_speaker_reads_and_writes_nothing_of_another(secured: Secured) -> None:
    with (
        linked(secured.url("controller"), (f"{TOPICS.root}/#", 1)) as controller,
        linked(
            secured.url(SPEAKER), (f"{TOPICS.root}/dev/+/down/#", 1), (TOPICS.down_all(OTHER), 1), name="x"
        ) as thief,
    ):
        forged = (TOPICS.up(OTHER, "receipt"), TOPICS.down(OTHER, "order"), TOPICS.trust, TOPICS.area_order(OTHER))
        assert all(thief.publish(topic, b"forged") for topic in (*forged, TOPICS.up(SPEAKER, "log")))
        assert controller.publish(TOPICS.down(OTHER, "order"), b"for the other one only")
        assert eventually(lambda: controller.payloads(TOPICS.up(SPEAKER, "log")) == [b"forged"])
        assert eventually(lambda: controller.payloads(TOPICS.down(OTHER, "order")))
        assert not eventually(lambda: thief.payloads(TOPICS.down(OTHER, "order")), SILENCE_S)
    assert [m.topic for m in controller.heard if m.payload == b"forged"] == [TOPICS.up(SPEAKER, "log")]


def test_nobody_comes_in_without_a_certificate(secured: Secured) -> None:
    with HeardLink(f"mqtts://127.0.0.1:{secured.port}?ca={secured.folder}/ca.pem", (TOPICS.trust, 1)) as link:
        assert not eventually(lambda: link.up, 1.5)
