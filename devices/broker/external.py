"""A broker that others run: we know its address and start, stop and watch nothing."""

from types import TracebackType
from typing import ClassVar, Self
from urllib.parse import urlencode

from devices.address import MqttUrl
from devices.broker.broker import BrokerDied
from devices.broker.guard import Guard


class ExternalBroker:
    """`url` is used as given, with our own certificate where `guard` is handed in and it names none.

    MqttUrlInvalid when it is none.
    """

    name: ClassVar[str] = "external"
    wears_out: int | None = None

    def __init__(self, url: str, guard: Guard | None = None) -> None:
        self.address = MqttUrl.parse(url)
        self._url = url
        if guard is not None and self.address.tls and self.address.ca is None and self.address.cert is None:
            self._url += "?" + urlencode({"ca": guard.ca, "cert": guard.cert, "key": guard.key})
            self.address = MqttUrl.parse(self._url)

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

    def reload(self) -> None:
        """Whoever runs it does that."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None
