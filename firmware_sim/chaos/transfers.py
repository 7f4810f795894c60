"""Where in the transfer of a blob to a client a connection is to be cut. Reads manifests and chunks that pass by."""

from dataclasses import dataclass, field

from devices.protocol.codec import parse
from devices.protocol.errors import ProtocolError
from devices.protocol.messages.blobs import Manifest
from devices.protocol.signing import open_envelope
from devices.protocol.topics import Address, Topics
from firmware_sim.chaos.framing import Publish

_LEVEL_OF_TENANT = 2


@dataclass
class _Transfer:
    size: int
    open_cuts: list[float]
    """Bytes, ascending."""
    came: set[int] = field(default_factory=set)
    passed: int = 0
    """Bytes of the chunks that came whole, each counted once."""


class Transfers:
    """`percents` of a blob's size, each cut once for each client and blob."""

    def __init__(self, percents: tuple[float, ...]) -> None:
        self._percents = sorted(percents)
        self._known: dict[tuple[str, str], _Transfer] = {}

    def cut_within(self, client: str, said: Publish) -> int | None:
        """How many bytes of this payload still pass; None: all of them."""
        address = _address(said.topic) if self._percents else None
        if address is None or not said.payload:
            return None
        if address.kind == "manifest":
            self._begin(client, address.subject, said.payload)
            return None
        transfer = self._known.get((client, address.subject))
        if address.kind != "chunk" or transfer is None or address.index in transfer.came:
            return None
        return _cut(transfer, address.index, len(said.payload))

    def _begin(self, client: str, sha256: str, payload: bytes) -> None:
        if (client, sha256) in self._known:
            return
        try:
            size = parse(open_envelope(payload).payload, Manifest).size
        except ProtocolError:
            return
        self._known[client, sha256] = _Transfer(size, [size * percent / 100 for percent in self._percents])


def _cut(transfer: _Transfer, index: int, size: int) -> int | None:
    if transfer.open_cuts and transfer.passed + size >= transfer.open_cuts[0]:
        return max(0, int(transfer.open_cuts.pop(0)) - transfer.passed)
    transfer.came.add(index)
    transfer.passed += size
    return None


def _address(topic: str) -> Address | None:
    levels = topic.split("/")
    if len(levels) <= _LEVEL_OF_TENANT:
        return None
    try:
        return Topics(levels[_LEVEL_OF_TENANT]).parse(topic)
    except ProtocolError:
        return None
