"""Which broker an installation gets, and what is refused."""

import re
from pathlib import Path

import pytest

from devices.broker.broker import Broker
from devices.broker.choice import BrokerSettings, choose_broker
from devices.broker.embedded import EmbeddedBroker
from devices.broker.errors import BrokerUnguarded, MqttUrlInvalid
from devices.broker.external import ExternalBroker
from devices.broker.guard import ACL, CONFIG, Guard, access_list, configuration
from devices.broker.guarded import GuardedMosquitto
from devices.broker.mosquitto import MosquittoBroker
from devices.broker.ports import EVERYWHERE

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


def guard(folder: Path) -> Guard:
    return Guard("t", folder / "ca.pem", folder / "controller.pem", folder / "controller.key", lambda _: None)


def test_mosquitto_with_certificates_is_guarded_and_keeps_its_port() -> None:
    broker = choose_broker(BrokerSettings(FOLDER, kind="mosquitto", tls=True, guard=guard(FOLDER), host=EVERYWHERE[0]))
    assert isinstance(broker, GuardedMosquitto)
    assert broker.url.startswith("mqtts://127.0.0.1:8883?ca=broker%2Fca.pem&cert=")


@pytest.mark.parametrize("kind", ["embedded", "mosquitto"])
def test_without_tls_a_broker_of_ours_listens_on_this_machine_only(kind: str) -> None:
    with pytest.raises(BrokerUnguarded):
        choose_broker(BrokerSettings(FOLDER, kind=kind, host=EVERYWHERE[0]))  # type: ignore[arg-type]


def test_the_embedded_one_is_never_guarded() -> None:
    with pytest.raises(BrokerUnguarded):
        choose_broker(BrokerSettings(FOLDER, tls=True, guard=guard(FOLDER)))


def test_to_a_broker_that_is_named_we_show_our_certificate_where_it_names_none() -> None:
    ours = choose_broker(BrokerSettings(FOLDER, url="mqtts://h", tls=True, guard=guard(FOLDER)))
    assert ours.url == "mqtts://h?ca=broker%2Fca.pem&cert=broker%2Fcontroller.pem&key=broker%2Fcontroller.key"
    for url in ("mqtts://h?ca=x", "mqtt://h"):
        assert choose_broker(BrokerSettings(FOLDER, url=url, tls=True, guard=guard(FOLDER))).url == url


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


def test_the_page_on_brokers_shows_what_is_written() -> None:
    page = (Path(__file__).parents[3] / "docs" / "brokers.md").read_text("utf-8")
    shown = {name: re.search(rf"```{re.escape(name)}\n(.*?)```", page, re.DOTALL) for name in (CONFIG, ACL)}
    written = {CONFIG: configuration(Path("/etc/loa-broker"), 8883), ACL: access_list("TENANT")}
    for name, text in written.items():
        found = shown[name]
        assert found and found[1] == text.split("\n", 1)[1], "all but the line that says who wrote it"
