"""Which broker an installation uses: one it names, or one that we start."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from devices.broker.broker import Broker
from devices.broker.embedded import FILTERS, EmbeddedBroker
from devices.broker.errors import BrokerUnguarded
from devices.broker.external import ExternalBroker
from devices.broker.guard import Guard
from devices.broker.guarded import USUAL_TLS, GuardedMosquitto
from devices.broker.mosquitto import MosquittoBroker
from devices.broker.ports import LOOPBACK, USUAL

Kind = Literal["embedded", "mosquitto"]


@dataclass(frozen=True)
class BrokerSettings:
    """`url` names a broker of others and wins; else one of `kind` is started with its files in `folder`.

    `tls` and `access_control` say that clients must be met with these, by the certificates of `guard`; `url` may hold
    a password. `host`: where a broker of ours listens.
    """

    folder: Path
    url: str | None = field(default=None, repr=False)
    kind: Kind = "embedded"
    port: int = USUAL
    tls: bool = False
    access_control: bool = False
    host: str = LOOPBACK
    guard: Guard | None = None
    filters: int = FILTERS
    """After so many filters of audio an embedded broker is renewed at a quiet moment."""


def choose_broker(settings: BrokerSettings) -> Broker:
    """The broker, not yet started. MqttUrlInvalid: no such address; BrokerUnguarded: ours cannot do that."""
    asked = settings.tls or settings.access_control or settings.host != LOOPBACK
    if settings.url:
        return ExternalBroker(settings.url, settings.guard if settings.tls else None)
    if asked and settings.kind == "mosquitto" and settings.tls and settings.guard is not None:
        port = USUAL_TLS if settings.port == USUAL else settings.port
        return GuardedMosquitto(settings.folder, port, settings.host, settings.guard)
    if asked:
        raise BrokerUnguarded(broker=settings.kind, tls=settings.tls, access_control=settings.access_control)
    if settings.kind == "mosquitto":
        return MosquittoBroker(settings.folder, settings.port)
    return EmbeddedBroker(settings.folder, settings.port, settings.filters)
