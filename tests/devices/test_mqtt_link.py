"""The link against brokers that refuse, stall, lie or hide behind TLS."""

import datetime
import os
import random
import resource
import socket
import ssl
import time
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from structlog.testing import capture_logs

from devices.broker.embedded import EmbeddedBroker
from devices.errors import NotPublishable
from devices.link import Inbound
from devices.mqtt import MqttLink
from tests.fakes.chaos import chaos
from tests.fakes.heard_link import HeardLink, linked, utc_us
from tests.fakes.mqtt_client import eventually
from tests.fakes.scripted_broker import CONNECT, DISCONNECT, PUBLISH, SUBSCRIBE, Script, ScriptedBroker

FILTER = ("a/#", 1)


def test_it_asks_for_a_clean_session_of_mqtt_311_under_its_name() -> None:
    with ScriptedBroker() as broker, linked(broker.url, FILTER, name="controller"):
        (connect,) = broker.bodies(CONNECT)
    assert connect == b"\x00\x04MQTT\x04\x02" + (30).to_bytes(2, "big") + b"\x00\x0acontroller"


def test_it_is_up_only_when_every_subscription_is_granted() -> None:
    refusals = Script(suback=b"\x01\x80"), Script(suback=b"\x80\x01"), Script(suback=b"\x01\x00")
    with ScriptedBroker(*refusals) as broker, linked(broker.url, FILTER, ("b/+", 0)) as link:
        assert broker.connections == 3
        assert link.changes == [True]
        assert broker.bodies(SUBSCRIBE)[0][2:] == b"\x00\x03a/#\x01\x00\x03b/+\x00"


def test_it_is_not_up_while_the_broker_has_not_answered() -> None:
    silent = Script(suback=None), Script()
    with ScriptedBroker(*silent) as broker, HeardLink(broker.url, FILTER, keepalive_s=1) as link:
        assert eventually(lambda: broker.bodies(SUBSCRIBE))
        assert not link.up and not link.publish("a/x", b"")
        assert eventually(lambda: link.up)
        assert broker.connections == 2


@pytest.mark.parametrize("script", [Script(connack=5), Script(connack=2), Script(connack=None)])
def test_it_tries_again_when_it_is_refused_or_not_answered(script: Script) -> None:
    with ScriptedBroker(script, script, Script()) as broker, linked(broker.url, FILTER, keepalive_s=1) as link:
        assert broker.connections == 3 and link.changes == [True]


def test_it_survives_nonsense_from_the_broker() -> None:
    nonsense = Script(then=b"\xf0\xff\xff\xff\xff\xff"), Script(then=b"\x30\x04\x00\x02\xff\xfe"), Script()
    with ScriptedBroker(*nonsense) as broker, HeardLink(broker.url, FILTER) as link:
        assert eventually(lambda: broker.connections >= 2)
        assert eventually(lambda: link.up and link.publish("a/x", b"still here"))
        assert eventually(lambda: any(b"still here" in body for body in broker.bodies(PUBLISH)))
        assert link.heard == []


def test_it_survives_whatever_a_broker_says() -> None:
    chance = random.Random(20)
    scripts = [Script(then=chance.randbytes(chance.randrange(1, 60))) for _ in range(30)]
    with ScriptedBroker(*scripts, Script()) as broker, HeardLink(broker.url, FILTER) as link:

        def next_one() -> bool:
            if link.up:
                broker.drop()
            return broker.connections > len(scripts)

        assert eventually(next_one, 30)
        assert eventually(lambda: link.up)


def test_a_message_is_handed_over_as_it_came_with_the_time_of_its_arrival() -> None:
    retained = bytes([0x31, 8]) + b"\x00\x03a/x" + b"\x00\xff!"
    before = utc_us()
    with ScriptedBroker(Script(then=retained)) as broker, linked(broker.url, FILTER) as link:
        assert eventually(lambda: link.heard)
    (message,) = link.heard
    assert message == Inbound("a/x", b"\x00\xff!", True, message.received_at)
    assert before <= message.received_at <= utc_us()


def test_a_handler_that_fails_ends_neither_the_link_nor_the_thread() -> None:
    def fail(_: object) -> None:
        raise RuntimeError("handler")

    published = bytes([0x30, 6]) + b"\x00\x03a/x" + b"!"
    with (
        capture_logs() as logs,
        ScriptedBroker(Script(then=published)) as broker,
        MqttLink(broker.url, "link", [FILTER], fail, fail, utc_us, lambda: 0.1) as link,
    ):
        assert eventually(lambda: link.up and link.publish("a/x", b"after"))
        assert eventually(lambda: broker.bodies(PUBLISH))
    assert {"broker_message_handler_failed", "broker_link_handler_failed"} <= {entry["event"] for entry in logs}


@pytest.mark.parametrize(
    ("topic", "payload", "qos"),
    [("", b"", 1), ("a/+", b"", 1), ("a/#", b"", 0), ("a\0", b"", 1), ("a" * 65_536, b"", 1), ("a", b"", 2)],
)
def test_what_no_broker_would_take_is_refused_in_the_callers_thread(topic: str, payload: bytes, qos: int) -> None:
    with ScriptedBroker() as broker, linked(broker.url) as link:
        with pytest.raises(NotPublishable):
            link.publish(topic, payload, qos=qos)
        assert link.up


def test_a_broker_that_stops_reading_fills_no_memory_and_blocks_nobody() -> None:
    with ScriptedBroker(Script(mute=True)) as broker, linked(broker.url, FILTER) as link:
        accepted = sum(link.publish("a/x", bytes(65_536)) for _ in range(2_000))
        assert accepted * 65_536 <= 32 * 1024 * 1024
        assert link.publish("a/order", b"an order still finds room")
        broker.drop()
        assert eventually(lambda: False in link.changes)
        assert link.backlog == 0


def test_stopping_sends_what_waits_and_says_good_bye() -> None:
    with ScriptedBroker() as broker:
        with linked(broker.url, FILTER) as link:
            assert all(link.publish("a/x", bytes(100), qos=0) for _ in range(500))
        assert eventually(lambda: broker.bodies(DISCONNECT))
        assert len(broker.bodies(PUBLISH)) == 500
        assert link.changes == [True, False] and not link.up and not link.publish("a/x", b"")
        link.stop()


def test_stopping_waits_a_bounded_time_for_a_broker_that_acknowledges_nothing() -> None:
    with ScriptedBroker(Script(mute=True)) as broker:
        with linked(broker.url, FILTER) as link:
            link.publish("a/x", b"never acknowledged")
            began = utc_us()
        assert utc_us() - began < 6_000_000
        assert link.changes == [True, False]


def test_it_works_with_descriptors_beyond_what_select_can_see(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(limits[0], min(limits[1], 2048)), limits[1]))
    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        with ScriptedBroker() as broker, linked(broker.url, FILTER) as link:
            assert link.publish("a/x", b"beyond", qos=0)
            assert eventually(lambda: broker.bodies(PUBLISH))
    finally:
        for descriptor in opened:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_a_server_that_hangs_up_at_once_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, capture_logs() as logs:
        with HeardLink(f"mqtt://127.0.0.1:{listener.getsockname()[1]}", FILTER) as link:
            for _ in range(5):
                listener.accept()[0].close()
            assert not link.up
        assert not any(entry["event"] == "broker_connection_failed" for entry in logs)


@pytest.fixture
def certificate(tmp_path: Path) -> Iterator[Path]:
    """A self-signed certificate for 127.0.0.1 with its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "broker")])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem = tmp_path / "broker.pem"
    pem.write_bytes(private + made.public_bytes(encoding))
    yield pem


def test_it_proves_who_it_is_over_tls_and_tells_no_log_its_password(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    published = bytes([0x30, 6]) + b"\x00\x03a/x" + b"!"
    with capture_logs() as logs, ScriptedBroker(Script(then=published * 2000), tls=context) as broker:
        url = f"mqtts://loa:S3cr3t@127.0.0.1:{broker.port}?ca={certificate}"
        with linked(url, FILTER) as link:
            assert eventually(lambda: len(link.heard) == 2000), "what TLS has decrypted is read to its end"
            assert link.publish("a/x", bytes(100_000), qos=0)
            assert eventually(lambda: broker.bodies(PUBLISH))
        assert broker.bodies(CONNECT)[0].endswith(b"\x00\x03loa\x00\x06S3cr3t")
    assert logs and "S3cr3t" not in repr(logs) + repr(link)


def test_it_talks_to_no_broker_whose_certificate_it_cannot_check(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with capture_logs() as logs, ScriptedBroker(tls=context) as broker:
        with HeardLink(f"mqtts://loa:S3cr3t@127.0.0.1:{broker.port}", FILTER) as link:
            assert eventually(lambda: broker.connections >= 3)
            assert not link.up and broker.heard == []
        assert [entry["event"] for entry in logs].count("broker_unreachable") == 1, "once for an outage"


def test_a_missing_authority_file_is_a_reason_to_retry_not_to_die(tmp_path: Path) -> None:
    with capture_logs() as logs, HeardLink(f"mqtts://127.0.0.1:1?ca={tmp_path}/none.pem", FILTER) as link:
        assert eventually(lambda: any("FileNotFound" in entry.get("why", "") for entry in logs))
        assert not link.up


def test_a_dumb_link_is_found_out_within_one_and_a_half_keepalives(tmp_path: Path) -> None:
    """Nothing closes and nothing fails: the broker is merely never heard again."""
    with (
        EmbeddedBroker(tmp_path, 0) as broker,
        chaos(broker.url) as way,
        linked(way.url, FILTER, keepalive_s=3) as link,
    ):
        time.sleep(5)
        assert link.changes == [True], "silence of a broker that answers is no reason"
        way.silence_all()
        began = time.monotonic()
        assert eventually(lambda: link.changes[:2] == [True, False], 8)
        assert time.monotonic() - began < 5.9
        assert eventually(lambda: link.up)
