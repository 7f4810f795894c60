"""The brokers that tests are run against."""

import pytest

from devices.broker.child_broker import ChildBroker
from devices.broker.embedded import EmbeddedBroker
from devices.broker.errors import BrokerMissing
from devices.broker.mosquitto import MosquittoBroker, find_mosquitto

KINDS = [
    pytest.param(EmbeddedBroker, id="embedded"),
    pytest.param(MosquittoBroker, id="mosquitto", marks=pytest.mark.full),
]


def skip_without(kind: type[ChildBroker]) -> None:
    """Skip a test whose broker is not installed here, saying how to install it."""
    if kind is MosquittoBroker:
        try:
            find_mosquitto()
        except BrokerMissing as missing:
            pytest.skip(missing.en)
