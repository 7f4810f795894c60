"""An installed Mosquitto, configured and run as a child, on this machine only."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from devices.broker.child_broker import ChildBroker
from devices.broker.errors import BrokerMissing
from devices.broker.ports import LOOPBACK

PLACES = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
PACKET_BYTES = 256 * 1024

_CONFIG = """\
# Written by Loa at each start; changes are lost. Why these figures: docs/brokers.md
listener {port} {host}
# Nobody but the programs of this machine can reach it; for others configure a broker with TLS and an
# access list: LOA_MQTT__TLS, or one of yours in LOA_MQTT__URL.
allow_anonymous true
set_tcp_nodelay true
max_inflight_messages 100
max_queued_messages 50000
max_queued_bytes 67108864
max_packet_size {packet}
persistence false
"""
LOGGED = """\
connection_messages false
log_dest stderr
log_type error
log_type warning
log_type notice
"""


class MosquittoBroker(ChildBroker):
    """BrokerMissing at its start: not installed. It keeps nothing on disk, for a save stops it in its tracks
    and what is retained is published again from the database anyway.
    """

    name: ClassVar[str] = "mosquitto"

    def _prepare(self, folder: Path, port: int) -> list[str]:
        program = find_mosquitto()
        text = _CONFIG.format(port=port, host=LOOPBACK, packet=PACKET_BYTES) + LOGGED + as_ourselves()
        config = folder / "mosquitto.conf"
        config.write_text(text, encoding="utf-8")
        return [str(program), "-c", str(config)]


def as_ourselves() -> str:
    """It would else become the user "mosquitto", who cannot read our folder."""
    return "user root\n" if os.geteuid() == 0 else ""


def find_mosquitto(places: Sequence[str] = PLACES) -> Path:
    """The program, on the path or where Debian and others put it; BrokerMissing says how to install it."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path=os.pathsep.join(places))
    if found is None:
        raise BrokerMissing(program="mosquitto")
    return Path(found)
