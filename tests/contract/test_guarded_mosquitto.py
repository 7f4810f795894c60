"""A7, A8 and A12 with real clients on the Mosquitto that Loa writes and starts: the whole table of the wire."""

import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from controller.certificates.authority import CERTIFICATE_FILE, Subject
from controller.certificates.requests import read_request
from controller.doorkeeper import Door, Doorkeeper
from controller.herald import Herald
from devices.broker.mosquitto import MosquittoBroker
from devices.eviction import evict
from devices.models import Device, DeviceCertificate
from devices.protocol.topics import Topics
from devices.protocol.units import DAY
from devices.protocol.ways import CHUNK, WAYS, Way
from firmware_sim.certificate import Papers, certificate_request, own_address
from firmware_sim.identity import Birth, Identity, write_identity
from firmware_sim.link import MqttLink
from firmware_sim.village.office import Office
from tests.fakes.brokers import skip_without
from tests.fakes.heard_link import HeardLink, linked
from tests.fakes.mqtt_client import SILENCE_S, eventually
from tests.fakes.secured import TENANT, Authority, Secured, now_us, secured_broker

pytestmark = pytest.mark.full

TOPICS = Topics(TENANT)
SPEAKER, OTHER = "3c5d6c1e-0000-4000-8000-000000000002", "3c5d6c1e-0000-4000-8000-000000000003"
AREA, ALERT, SHA = "4c5d6c1e-0000-4000-8000-000000000004", "5c5d6c1e-0000-4000-8000-000000000005", "a" * 64
TABLE = [*WAYS.items(), ("chunk", CHUNK), ("live", Way(("live/s", "live/s/h"), True, 0, False, ""))]
"""Every kind of message, and what is reserved for live sound."""
FOR_ALL = ("trust", "blob/", "area/", "live/")
"""Public sound and its orders: their authenticity is in their signatures."""


def topics_of(way: Way, device: str) -> list[str]:
    return [
        f"{TOPICS.root}/{one}".format(device=device, area=AREA, alert=ALERT, sha256=SHA, index=0) for one in way.topics
    ]


DOWN = [topic for _, way in TABLE if way.down for topic in topics_of(way, SPEAKER)]
UP = [topic for _, way in TABLE if not way.down for topic in topics_of(way, SPEAKER)]
OTHERS = [topic for _, way in TABLE for topic in topics_of(way, OTHER) if OTHER in topic]


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    skip_without(MosquittoBroker)
    with secured_broker(tmp_path_factory.mktemp("secured"), ("controller", SPEAKER, OTHER, "thief")) as running:
        yield running


def test_controller_and_speaker_hear_each_other_wherever_they_should(secured: Secured) -> None:
    with (
        linked(secured.url("controller"), (TOPICS.up_all, 1), (TOPICS.time_requests, 1)) as controller,
        linked(secured.url(SPEAKER), *((topic, 1) for topic in DOWN), name=SPEAKER) as speaker,
    ):
        assert all(speaker.publish(topic, b"here I am") for topic in UP)
        assert eventually(lambda: {one.topic for one in controller.heard} == set(UP))
        assert all(controller.publish(topic, b"to you") for topic in DOWN)
        assert eventually(lambda: {one.topic for one in speaker.heard} == set(DOWN))


def test_a_stolen_key_writes_nothing_but_its_own(secured: Secured) -> None:
    forbidden = [*DOWN, *OTHERS, "loa/1/other/trust", "$SYS/broker/uptime", "anything"]
    with (
        linked(secured.url("controller"), ("#", 1)) as controller,
        linked(secured.url(SPEAKER), name=SPEAKER) as thief,
    ):
        assert all(thief.publish(topic, b"forged", retain=keep) for topic in forbidden for keep in (False, True))
        assert all(thief.publish(topic, b"own") for topic in UP)
        assert eventually(lambda: {one.topic for one in controller.heard if one.payload == b"own"} == set(UP))
    assert [one.topic for one in controller.heard if one.payload == b"forged"] == []
    with linked(secured.url("controller"), (f"{TOPICS.root}/#", 1)) as later:
        assert not eventually(lambda: [one for one in later.heard if one.payload == b"forged"], SILENCE_S)


def test_a_stolen_key_reads_nothing_but_its_own(secured: Secured) -> None:
    wanted = [*OTHERS, *UP, f"{TOPICS.root}/#", f"{TOPICS.root}/dev/#", f"{TOPICS.root}/+/+/+/+", "#", "$SYS/#"]
    secret = [topic for topic in [*OTHERS, *UP] if not topic.removeprefix(f"{TOPICS.root}/").startswith(FOR_ALL)]
    with (
        linked(secured.url("controller")) as controller,
        linked(secured.url(SPEAKER), *((one, 1) for one in wanted), name=SPEAKER) as thief,
    ):
        assert all(controller.publish(topic, b"not for you") for topic in [*secret, "loa/1/other/trust"])
        assert controller.publish(TOPICS.down(SPEAKER, "ack"), b"for you")
        assert eventually(lambda: thief.payloads(TOPICS.down(SPEAKER, "ack")))
        assert not eventually(lambda: [one for one in thief.heard if one.payload == b"not for you"], SILENCE_S)
        assert {one.topic for one in thief.heard} == {TOPICS.down(SPEAKER, "ack")}


class Dying:
    """A speaker whose connection breaks as soon as it is up."""

    def __init__(self, url: str, name: str, will: tuple[str, bytes]) -> None:
        self.up = False
        link = MqttLink(url, name, self)
        link.open(will)
        assert eventually(lambda: self._served(link))
        link.close()

    def _served(self, link: MqttLink) -> bool:
        link.write()
        link.push()
        link.read()
        return self.up

    def on_up(self) -> None:
        self.up = True

    def on_down(self) -> None:
        raise AssertionError("not let in")

    def on_message(self, topic: str, payload: bytes) -> None: ...

    def on_suback(self, topic: str, granted: bool) -> None: ...


def test_a_last_will_is_no_way_round_the_list(secured: Secured) -> None:
    own = TOPICS.up(SPEAKER, "state")
    with linked(secured.url("controller"), (f"{TOPICS.root}/#", 1)) as controller:
        for topic in (TOPICS.trust, TOPICS.up(OTHER, "state"), own):
            Dying(secured.url(SPEAKER), SPEAKER, (topic, b"gone"))
        assert eventually(lambda: controller.payloads(own) == [b"gone"])
        assert [one.topic for one in controller.heard] == [own]
        assert controller.publish(own, b"", retain=True)


def test_a_stolen_key_takes_nobody_elses_place(secured: Secured) -> None:
    """Whatever client id it shows, it is known by its certificate: nobody else is thrown out."""
    with (
        linked(secured.url("controller"), (TOPICS.up_all, 1), name="loa-controller-1") as controller,
        linked(secured.url(OTHER), (TOPICS.down_all(OTHER), 1), name=OTHER) as other,
    ):
        for name in (OTHER, "controller", "loa-controller-1"):
            with linked(secured.url(SPEAKER), (TOPICS.down_all(OTHER), 1), name=name) as thief:
                assert controller.publish(TOPICS.down(OTHER, "order"), name.encode())
                assert eventually(lambda name=name: name.encode() in other.payloads(TOPICS.down(OTHER, "order")))
                assert thief.heard == []
        assert (controller.changes, other.changes) == ([True], [True])


def refused(url: str) -> bool:
    """Whether a client gets no CONNACK there."""
    link = HeardLink(url, (TOPICS.trust, 1), name="refused")
    with link:
        return not eventually(lambda: link.up, 0.7)


def test_who_shows_no_good_certificate_is_not_let_in(secured: Secured, tmp_path: Path) -> None:
    secured.authority.issue(SPEAKER, file="expired", made_at=now_us() - 3 * DAY)
    strangers = Authority(tmp_path, seed=2)
    strangers.issue(SPEAKER, file="strange")
    stranger = secured.url("strange").replace(f"{secured.folder}/strange", f"{tmp_path}/strange")
    assert refused(secured.url(None)), "none"
    assert refused(secured.url("expired")), "one that has ended"
    assert refused(stranger), "another authority's"
    assert refused(f"mqtt://127.0.0.1:{secured.port}"), "plain text"
    assert not refused(secured.url(SPEAKER))


def test_who_is_not_the_broker_is_not_believed(secured: Secured, tmp_path: Path) -> None:
    Authority(tmp_path, seed=2)
    assert refused(secured.url(SPEAKER, ca=tmp_path / "authority" / CERTIFICATE_FILE))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("version", "good"),
    [("TLSv1", False), ("TLSv1_1", False), ("TLSv1_2", True), ("TLSv1_3", True)],
)
def test_older_tls_than_1_2_is_refused(secured: Secured, version: str, good: bool) -> None:
    context = ssl.create_default_context(cafile=secured.folder / "ca.pem")
    context.verify_flags |= ssl.VERIFY_X509_STRICT  # as Python 3.13 does by itself
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    context.load_cert_chain(secured.folder / f"{SPEAKER}.pem", secured.folder / f"{SPEAKER}.key")
    with socket.create_connection(("127.0.0.1", secured.port), 5) as plain:
        if good:
            with context.wrap_socket(plain, server_hostname="127.0.0.1") as caller:
                assert caller.version() == version.replace("_", ".")
        else:
            with pytest.raises((ssl.SSLError, ConnectionError)):
                context.wrap_socket(plain, server_hostname="127.0.0.1")


def test_a_speakers_ed25519_key_is_its_certificates_key(secured: Secured, office: Office) -> None:

    device = office.speaker(office.area("Xã"))
    key = office.keys[device]
    asked = read_request(certificate_request(key), key.verify_key.public)
    made = secured.authority.office.issue(Subject(device), asked, now_us(), DAY).public_bytes(Encoding.PEM)
    home = secured.folder / device
    write_identity(home, Identity(Birth(tenant=TENANT, device=device, root=key.verify_key.public), key))
    Papers(made.decode(), secured.authority.office.pem.decode()).write(home)
    with linked(own_address(f"mqtts://127.0.0.1:{secured.port}", home), name=device) as speaker:
        assert speaker.up


def test_a_revoked_speaker_is_out_within_ten_seconds_and_stays_out(secured: Secured, office: Office) -> None:
    device = office.speaker(office.area("Xã"))
    serial = secured.authority.issue(device)
    with office.database.write() as session:
        session.add(
            DeviceCertificate(
                serial=serial, device_id=device, public_key="", pem="", issued_at=now_us(), not_after=now_us() + DAY
            )
        )
    with (
        linked(secured.url("controller"), (TOPICS.up_all, 1), name="c") as controller,
        linked(secured.url(device), (TOPICS.area_all(AREA), 1), name=device) as thief,
        linked(secured.url(OTHER), (TOPICS.area_all(AREA), 1), name=OTHER) as other,
    ):
        door = Door(
            lambda: secured.url("controller"), secured.folder / "broker", 0.5, secured.broker.reload,
            lambda url, name: evict(url, name, now_us), time.sleep,
        )  # fmt: skip
        keeper = Doorkeeper(office.database, Herald(lambda: office.keyring, controller), secured.files, door, now_us)
        with office.database.write() as session:
            row = session.get_one(Device, device)
            row.retired_at, row.status = now_us(), "stolen"
        secured.revoked.append((serial, now_us()))
        began = time.monotonic()
        keeper.do_once()
        assert eventually(lambda: thief.changes[-1] is False)
        took = time.monotonic() - began
        assert took < 10
        assert not eventually(lambda: thief.up, 2.0), "it tries all the time"
        assert controller.publish(TOPICS.area_order(AREA), b"after")
        assert eventually(lambda: other.payloads(TOPICS.area_order(AREA)) == [b"after"])
        assert thief.heard == [] and other.changes == [True]
    with office.database.read() as session:
        assert session.get_one(Device, device).shut_out_at


def test_a_broker_that_reads_again_follows_a_new_authority_but_drops_nobody(tmp_path: Path) -> None:
    """Why docs/brokers.md asks for a restart after `loa keys new-authority`."""
    skip_without(MosquittoBroker)
    (tmp_path / "new").mkdir()
    with secured_broker(tmp_path, (SPEAKER,)) as running:
        successor = Authority(tmp_path / "new", seed=2)
        successor.issue(OTHER)
        believing = f"mqtts://127.0.0.1:{running.port}?ca={tmp_path}/new/ca.pem"
        old, new = (
            f"{believing}&cert={one}.pem&key={one}.key" for one in (tmp_path / SPEAKER, tmp_path / "new" / OTHER)
        )
        with linked(running.url(SPEAKER), name=SPEAKER) as copied:
            assert replace(running.files, authority=successor.office).write(tmp_path / "broker")
            running.broker.reload()
            assert eventually(lambda: is_let_in(new, OTHER)) and not is_let_in(old, SPEAKER)
            assert copied.changes == [True], "whoever is in stays in"


def is_let_in(url: str, name: str) -> bool:
    with HeardLink(url, name=name) as link:
        return eventually(lambda: link.changes == [True], SILENCE_S)


def test_the_broker_takes_a_new_certificate_without_dropping_anybody(secured: Secured) -> None:
    def shown() -> bytes | None:
        context = ssl.create_default_context(cafile=secured.folder / "ca.pem")
        context.load_cert_chain(secured.folder / f"{OTHER}.pem", secured.folder / f"{OTHER}.key")
        with (
            socket.create_connection(("127.0.0.1", secured.port), 5) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as caller,
        ):
            return caller.getpeercert(binary_form=True)

    before = shown()
    with linked(secured.url(SPEAKER), (TOPICS.trust, 1), name=SPEAKER) as speaker:
        renamed = replace(secured.files, names=("127.0.0.1", "loa.xa.vn"))
        assert renamed.write(secured.folder / "broker")
        secured.broker.reload()
        assert eventually(lambda: shown() != before)
        assert speaker.changes == [True]
