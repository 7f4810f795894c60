"""The configuration that docs/brokers.md recommends for real speakers does what it says."""

from collections.abc import Iterator

import pytest

from devices.broker.mosquitto import MosquittoBroker
from devices.protocol.topics import Topics
from tests.fakes.brokers import skip_without
from tests.fakes.heard_link import HeardLink, linked
from tests.fakes.mqtt_client import SILENCE_S, eventually
from tests.fakes.secured import Secured, secured_broker

pytestmark = pytest.mark.full

TOPICS = Topics("2b5d6c1e-0000-4000-8000-000000000001")
SPEAKER, OTHER = "3c5d6c1e-0000-4000-8000-000000000002", "3c5d6c1e-0000-4000-8000-000000000003"


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    skip_without(MosquittoBroker)
    with secured_broker(tmp_path_factory.mktemp("secured"), ("controller", SPEAKER, OTHER)) as running:
        yield running


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
