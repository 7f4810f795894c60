"""Who must go is thrown out, after the list of revoked certificates is in the broker's hands, and again if heard."""

from pathlib import Path

import pytest

from controller.certificates.authority import open_authority
from controller.certificates.broker_files import BrokerFiles
from controller.doorkeeper import AGAIN, Door, Doorkeeper
from controller.enrolment.certifying import revoked_certificates
from controller.herald import Herald
from devices.address import MqttUrl
from devices.broker.embedded import EmbeddedBroker
from devices.eviction import evict
from devices.models import Device, DeviceCertificate
from devices.protocol.units import DAY, HOUR, MINUTE
from firmware_sim.village.office import Office
from firmware_sim.village.virtual_time import START
from tests.fakes.heard_link import linked, utc_us
from tests.fakes.link import RecordingLink
from tests.fakes.mqtt_client import MqttClient, clients, eventually


class Post:
    """A doorkeeper whose broker is a list of what was done."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office, self.now, self.done, self.lets_in = office, START, list[str](), True
        self.link = RecordingLink()
        self.folder = folder
        folder.mkdir()
        authority = open_authority(
            folder / "authority", entropy=office.chance.randbytes, now=START, tenant="t", passphrase=None
        )
        files = BrokerFiles(folder / "authority", authority, "t", ("loa.vn",), self._revoked, lambda: self.now)
        door = Door(
            lambda: "mqtts://h?ca=ca&cert=cert&key=key", folder, 0.5, lambda: self.done.append("read again"),
            self._evict, lambda seconds: self.done.append("waited") if seconds else None,
        )  # fmt: skip
        self.keeper = Doorkeeper(
            office.database, Herald(lambda: office.keyring, self.link), files, door, lambda: self.now
        )
        self.speaker = office.speaker(office.area("Xã Tân Đông"))
        with office.database.write() as session:
            session.add(
                DeviceCertificate(
                    serial="1f", device_id=self.speaker, public_key="", pem="", issued_at=START, not_after=START + DAY
                )
            )

    def _revoked(self) -> list[tuple[str, int]]:
        with self.office.database.read() as session:
            return list(revoked_certificates(session, self.now))

    def _evict(self, url: MqttUrl, name: str) -> bool:
        assert url.cert and b"PRIVATE KEY" in url.cert.read_bytes() and url.key is None
        self.done.append(name)
        return self.lets_in

    def row(self, **fields: object) -> Device:
        with self.office.database.write() as session:
            row = session.get_one(Device, self.speaker)
            for name, value in fields.items():
                setattr(row, name, value)
            return row

    def put_out(self) -> None:
        self.row(retired_at=self.now, status="stolen", shut_out_at=None)
        with self.office.database.write() as session:
            session.get_one(DeviceCertificate, "1f").revoked_at = self.now

    def step(self, later: int = 0) -> list[str]:
        self.now += later
        self.keeper.do_once()
        done, self.done = self.done, []
        return done


@pytest.fixture
def post(office: Office, tmp_path: Path) -> Post:
    return Post(office, tmp_path / "door")


def test_the_list_is_read_before_anybody_is_thrown_out(post: Post) -> None:
    assert post.step() == ["read again", "waited"]
    assert post.step() == []
    post.put_out()
    assert post.step() == ["read again", "waited", post.speaker]
    assert post.step() == [] and post.row().shut_out_at == post.now
    assert not list(post.folder.rglob("takeover*")), "the certificate in its name is gone"
    topics = post.keeper.herald.topics
    cleared = [topic for topic, payload, _, retain in post.link.sent if payload == b"" and retain]
    assert cleared == [
        topics.down(post.speaker, "config"),
        topics.down(post.speaker, "plan"),
        topics.up(post.speaker, "state"),
    ]


def test_one_that_is_heard_again_is_thrown_out_again(post: Post) -> None:
    post.put_out()
    post.step()
    post.row(shut_out_at=None)
    assert post.step(1) == [post.speaker]


def test_a_broker_that_does_not_answer_is_asked_again(post: Post) -> None:
    post.put_out()
    post.lets_in = False
    assert post.step()[-1] == post.speaker and post.step(AGAIN - 1) == []
    post.lets_in = True
    assert post.step(1) == [post.speaker] and post.row().shut_out_at == post.now


def test_one_that_came_back_before_the_list_was_read_is_out_within_ten_minutes(post: Post) -> None:
    post.put_out()
    assert post.step()[-1] == post.speaker
    assert post.step(MINUTE - 1) == [] and post.step(1) == [post.speaker] and post.step(1) == []
    post.lets_in = False
    assert post.step(9 * MINUTE - 1) == [post.speaker], "the broker does not answer"
    post.lets_in = True
    assert post.step(AGAIN) == [post.speaker] and post.step(HOUR - 11 * MINUTE) == []


def test_one_that_was_found_is_not_thrown_out_once_more(post: Post) -> None:
    post.put_out()
    post.step()
    post.row(retired_at=None, status="in_service")
    assert post.step(MINUTE) == [] == post.step(10 * MINUTE)


def test_who_was_found_meanwhile_stays(post: Post) -> None:
    post.put_out()
    post.row(retired_at=None, status="in_service")
    assert post.speaker not in post.step()


def test_certificates_are_looked_at_every_hour_and_renewed_in_time(post: Post) -> None:
    post.step()
    made = 0
    for _ in range(60):
        made += bool(post.step(10 * DAY))
    assert made == 2, "of 400 days two thirds are 266"


def test_the_embedded_broker_drops_whom_we_replace(tmp_path: Path) -> None:
    with (
        EmbeddedBroker(tmp_path, 0) as broker,
        linked(broker.url, name="other") as other,
        clients(MqttClient(broker.url, "speaker", "x")) as (speaker,),
    ):
        assert evict(MqttUrl.parse(broker.url), "speaker", utc_us)
        assert eventually(speaker.lost.is_set) and other.changes == [True]
    assert not evict(MqttUrl.parse(broker.url), "speaker", utc_us), "nobody answers"
