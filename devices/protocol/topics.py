"""Every topic of the wire, built and parsed here and nowhere else."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from devices.protocol.errors import UnknownTopic
from devices.protocol.units import MAX_CHUNKS, UUID_PATTERN

DownLeaf = Literal["order", "config", "plan", "ack"]
UpLeaf = Literal["hello", "state", "health", "receipt", "ack", "log"]
Kind = Literal["trust", "manifest", "chunk", "area_order", "alert", "down", "up", "time_req", "time_rsp"]

_ID = UUID_PATTERN.strip("^$")
_SHAPES: dict[Kind, str] = {
    "trust": r"trust",
    "manifest": r"blob/(?P<subject>[0-9a-f]{64})/m",
    "chunk": r"blob/(?P<subject>[0-9a-f]{64})/(?P<index>0|[1-9][0-9]{0,3})",
    "area_order": rf"area/(?P<subject>{_ID})/order",
    "alert": rf"area/(?P<subject>{_ID})/alert/(?P<alert>{_ID})",
    "down": rf"dev/(?P<subject>{_ID})/down/(?P<leaf>order|config|plan|ack)",
    "up": rf"dev/(?P<subject>{_ID})/up/(?P<leaf>hello|state|health|receipt|ack|log)",
    "time_req": rf"time/req/(?P<subject>{_ID})",
    "time_rsp": rf"time/rsp/(?P<subject>{_ID})",
}


@dataclass(frozen=True)
class Address:
    """What a topic says: its kind, whom or what it is about, and the leaf, chunk or alert named."""

    kind: Kind
    subject: str = ""
    leaf: str = ""
    index: int = -1
    alert: str = ""

    @property
    def target(self) -> str:
        """The `to` that a signed message on this topic must repeat."""
        prefixes = {"trust": "tenant", "manifest": f"blob/{self.subject}", "alert": f"area/{self.subject}"}
        prefixes |= {"area_order": f"area/{self.subject}", "up": "controller", "time_req": "controller"}
        return prefixes.get(self.kind, f"dev/{self.subject}")


@dataclass(frozen=True)
class Topics:
    """The topics of one tenant (UUID); all are below `loa/1/{tenant}` and at most seven levels deep."""

    tenant: str

    @property
    def root(self) -> str:
        return f"loa/1/{self.tenant}"

    @property
    def trust(self) -> str:
        return f"{self.root}/trust"

    def manifest(self, sha256: str) -> str:
        return f"{self.root}/blob/{sha256}/m"

    def chunk(self, sha256: str, index: int) -> str:
        return f"{self.root}/blob/{sha256}/{index}"

    def area_order(self, area: str) -> str:
        return f"{self.root}/area/{area}/order"

    def alert(self, area: str, alert: str) -> str:
        return f"{self.root}/area/{area}/alert/{alert}"

    def area_all(self, area: str) -> str:
        """The filter by which a speaker hears one ancestor area."""
        return f"{self.root}/area/{area}/#"

    def down(self, device: str, leaf: DownLeaf) -> str:
        return f"{self.root}/dev/{device}/down/{leaf}"

    def down_all(self, device: str) -> str:
        """The filter by which a speaker hears what is meant for it alone."""
        return f"{self.root}/dev/{device}/down/#"

    def up(self, device: str, leaf: UpLeaf) -> str:
        return f"{self.root}/dev/{device}/up/{leaf}"

    @property
    def up_all(self) -> str:
        """The filter by which the controller hears every speaker."""
        return f"{self.root}/dev/+/up/#"

    def time_request(self, device: str) -> str:
        return f"{self.root}/time/req/{device}"

    @property
    def time_requests(self) -> str:
        """The filter by which the controller hears every time request."""
        return f"{self.root}/time/req/+"

    def time_answer(self, device: str) -> str:
        return f"{self.root}/time/rsp/{device}"

    def parse(self, topic: str) -> Address:
        """Read a topic of this tenant; anything else raises UnknownTopic."""
        prefix = self.root + "/"
        address = _read(topic[len(prefix) :]) if topic.startswith(prefix) else None
        if address is None:
            raise UnknownTopic(topic=topic[:200])
        return address


@lru_cache(maxsize=8_192)
def _read(path: str) -> Address | None:
    """The same few paths come again and again."""
    for kind, shape in _SHAPES.items():
        match = re.fullmatch(shape, path)
        if match and int(match.groupdict().get("index", 0)) < MAX_CHUNKS:
            return _address(kind, match.groupdict())
    return None


def _address(kind: Kind, found: dict[str, str]) -> Address:
    index = int(found.get("index", -1))
    return Address(kind, found.get("subject", ""), found.get("leaf", ""), index, found.get("alert", ""))
