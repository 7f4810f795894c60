"""Which broker an installation gets, and what is refused."""

from pathlib import Path

import pytest

from devices.broker.broker import Broker
from devices.broker.choice import BrokerSettings, choose_broker
from devices.broker.embedded import EmbeddedBroker
from devices.broker.errors import BrokerUnguarded, MqttUrlInvalid
from devices.broker.external import ExternalBroker
from devices.broker.mosquitto import MosquittoBroker

FOLDER = Path("broker")


def test_without_words_it_is_the_embedded_one_and_nothing_is_started() -> None:
    broker: Broker = choose_broker(BrokerSettings(FOLDER))
    assert isinstance(broker, EmbeddedBroker) and broker.pid is None and not FOLDER.exists()


def test_mosquitto_is_chosen_by_name() -> None:
    assert isinstance(choose_broker(BrokerSettings(FOLDER, kind="mosquitto")), MosquittoBroker)


@pytest.mark.parametrize("kind", ["embedded", "mosquitto"])
def test_a_broker_of_ours_is_refused_where_tls_or_access_control_is_asked_for(kind: str) -> None:
    for asked in ({"tls": True}, {"access_control": True}):
        with pytest.raises(BrokerUnguarded) as caught:
            choose_broker(BrokerSettings(FOLDER, kind=kind, **asked))  # type: ignore[arg-type]
        assert "LOA_MQTT__URL" in caught.value.en and "LOA_MQTT__URL" in caught.value.vi


def test_a_broker_that_is_named_is_used_as_it_is() -> None:
    url = "mqtts://loa:S3cr3t@broker.xa.vn"
    settings = BrokerSettings(FOLDER, url=url, kind="mosquitto", tls=True, access_control=True)
    with choose_broker(settings) as broker:
        assert isinstance(broker, ExternalBroker) and broker.url == url
        broker.start()
        broker.kill()
        assert broker.supervise(0) is None
    assert not FOLDER.exists() and "S3cr3t" not in repr(settings)


def test_a_name_that_is_no_address_is_refused_before_anything_starts() -> None:
    with pytest.raises(MqttUrlInvalid):
        choose_broker(BrokerSettings(FOLDER, url="broker.xa.vn:1883"))
