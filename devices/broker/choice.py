"""Which broker an installation uses: one it names, or one that we start."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from devices.broker.broker import Broker
from devices.broker.embedded import EmbeddedBroker
from devices.broker.errors import BrokerUnguarded
from devices.broker.external import ExternalBroker
from devices.broker.mosquitto import MosquittoBroker
from devices.broker.ports import USUAL

Kind = Literal["embedded", "mosquitto"]


@dataclass(frozen=True)
class BrokerSettings:
    """`url` names a broker of others and wins; else one of `kind` is started with its files in `folder`.

    `tls` and `access_control` say that clients must be met with these; `url` may hold a password.
    """

    folder: Path
    url: str | None = field(default=None, repr=False)
    kind: Kind = "embedded"
    port: int = USUAL
    tls: bool = False
    access_control: bool = False


def choose_broker(settings: BrokerSettings) -> Broker:
    """The broker, not yet started. MqttUrlInvalid: no such address; BrokerUnguarded: ours cannot do that."""
    if settings.url:
        return ExternalBroker(settings.url)
    if settings.tls or settings.access_control:
        raise BrokerUnguarded(broker=settings.kind, tls=settings.tls, access_control=settings.access_control)
    started = MosquittoBroker if settings.kind == "mosquitto" else EmbeddedBroker
    return started(settings.folder, settings.port)
