"""A broker that others run: we know its address and start, stop and watch nothing."""

from types import TracebackType
from typing import ClassVar, Self

from devices.address import MqttUrl
from devices.broker.broker import BrokerDied


class ExternalBroker:
    """`url` is used as given; MqttUrlInvalid when it is none."""

    name: ClassVar[str] = "external"
    wears_out: int | None = None

    def __init__(self, url: str) -> None:
        self.address = MqttUrl.parse(url)
        self._url = url

    @property
    def url(self) -> str:
        return self._url

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Nothing to stop."""

    def kill(self) -> None:
        """Nothing to kill."""

    def supervise(self, now: int) -> BrokerDied | None:
        """The link says whether it lives."""
        return None

    def renew(self) -> bool:
        """Not ours to end."""
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None
