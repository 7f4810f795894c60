"""The broker that comes with us: iotcore (rumqttd), run as a child, in memory only, on this machine only."""

import sys
from pathlib import Path
from typing import ClassVar

from devices.broker.child_broker import ChildBroker
from devices.broker.ports import LOOPBACK, USUAL
from devices.protocol.topics import Topics

CONNECTIONS = 20_000
PACKET_BYTES = 256 * 1024
REPLAY = 60_000
LOG_SEGMENTS: dict[str, tuple[int, int]] = {
    "/blob/#": (1024, 1),
    "/dev/+/up/#": (2 * 1024 * 1024, 4),
    "/dev/+/down/#": (32 * 1024, 2),
    "/time/req/+": (256 * 1024, 2),
    "/time/rsp/+": (4 * 1024, 2),
    "/live/#": (256 * 1024, 2),
}
"""How much of what was sent it keeps for each filter ever subscribed: (bytes of a segment, segments).

It drops the oldest segment when the newest is full; a subscriber further behind misses messages. So there
is room for bursts to the controller and the areas, and little for the thousands that one speaker reads.
"""

FILTERS = 3_000
"""So many filters of audio ever subscribed make each subscription cost 0.6 ms more, and hold 25 to 110 MB."""

_CONFIG = """\
# Written by Loa at each start; changes are lost. Why these figures: docs/brokers.md
id = 0

[router]
id = 0
max_connections = {connections}
max_outgoing_packet_count = {replay}
max_segment_size = 8388608
max_segment_count = 4
{segments}
[v4.1]
name = "loa"
listen = "{host}:{port}"
next_connection_delay_ms = 0

[v4.1.connections]
connection_timeout_ms = 10000
max_payload_size = {packet}
max_inflight_count = 1000
dynamic_filters = true
"""
_SEGMENT = """
[router.custom_segment.'{filter}']
max_segment_size = {size}
max_segment_count = {count}
"""


class EmbeddedBroker(ChildBroker):
    """Needs nothing installed. Grows with every filter that was ever subscribed, `filters` at most for long."""

    name: ClassVar[str] = "embedded"

    def __init__(self, folder: Path, port: int = USUAL, filters: int = FILTERS) -> None:
        super().__init__(folder, port)
        self.wears_out = filters

    def _prepare(self, folder: Path, port: int) -> list[str]:
        root = Topics("+").root
        segments = "".join(
            _SEGMENT.format(filter=root + filter_, size=size, count=count)
            for filter_, (size, count) in LOG_SEGMENTS.items()
        )
        text = _CONFIG.format(
            connections=CONNECTIONS, replay=REPLAY, packet=PACKET_BYTES, segments=segments, host=LOOPBACK, port=port
        )
        config = folder / "embedded.toml"
        config.write_text(text, encoding="utf-8")
        return [sys.executable, "-P", "-m", "iotcore", "--config", str(config), "--log-level", "CRITICAL"]
