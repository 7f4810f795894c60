"""What every broker is to the rest of the house: an address, and something that may have to be kept alive."""

from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self


@dataclass(frozen=True)
class BrokerDied:
    """A broker of ours was found dead. `restarted`: it answers again, and is empty."""

    name: str
    exit_code: int
    restarted: bool


class Broker(Protocol):
    """A context manager: started on entry, stopped on exit."""

    @property
    def name(self) -> str:
        """embedded, mosquitto or external."""

    @property
    def url(self) -> str:
        """Where clients of this machine reach it."""

    def start(self) -> None:
        """Start it, with an empty store, and wait until it answers. BrokerError: it does not."""

    def stop(self) -> None:
        """End it in good order; safe to call twice."""

    def kill(self) -> None:
        """End it as a crash would."""

    def supervise(self, now: int) -> BrokerDied | None:
        """Look whether it lives, and start it again on the same port when it does not; call every second."""

    @property
    def wears_out(self) -> int | None:
        """After so many filters that were ever subscribed it wants `renew`; None: it does not grow with them."""

    def renew(self) -> bool:
        """End it and start it again, empty, on the same port; False: `supervise` must go on trying."""

    def reload(self) -> None:
        """Have it read certificates and access list again, where it is ours and has any."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
