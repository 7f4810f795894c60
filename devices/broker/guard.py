"""What a Mosquitto for real speakers is told: TLS, a certificate for everybody, who may read and write what. Pure.

The same text for the one that Loa starts and for one that somebody else runs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from devices.protocol.topics import Topics

CONTROLLER = "controller"
"""Common name of the controller's certificate; a speaker's is its id."""
CA, CERT, KEY, CRL, ACL, CONFIG = "ca.pem", "broker.pem", "broker.key", "crl.pem", "acl", "mosquitto.conf"
PACKET_BYTES = 256 * 1024

_CONFIG = """\
# Written by Loa; changes are lost. Why these figures: docs/brokers.md
listener {listener}
cafile {folder}/ca.pem
certfile {folder}/broker.pem
keyfile {folder}/broker.key
crlfile {folder}/crl.pem
tls_version tlsv1.2
require_certificate true
use_identity_as_username true
use_username_as_clientid true
allow_anonymous false
acl_file {folder}/acl
set_tcp_nodelay true
max_inflight_messages 100
max_queued_messages 50000
max_queued_bytes 67108864
max_packet_size {packet}
persistence false
"""
_ACCESS = """\
# Written by Loa; changes are lost. %u is the id of the speaker that shows its certificate.
user {controller}
topic readwrite {root}/#

pattern write {root}/dev/%u/up/#
pattern read {root}/dev/%u/down/#
pattern write {root}/time/req/%u
pattern read {root}/time/rsp/%u
pattern read {root}/area/#
pattern read {root}/blob/#
pattern read {root}/trust
pattern read {root}/live/#
"""


@dataclass(frozen=True)
class Guard:
    """Where our own certificate is, and who writes the broker's files.

    `write` fills a folder with authority, certificate, key and revoked certificates, as they are now.
    """

    tenant: str
    ca: Path
    cert: Path
    key: Path
    write: Callable[[Path], object]


def configuration(folder: Path, port: int, host: str | None = None) -> str:
    """The text of `mosquitto.conf` for files in `folder`; without a host it listens everywhere."""
    listener = f"{port} {host}" if host else str(port)
    return _CONFIG.format(listener=listener, folder=folder, packet=PACKET_BYTES)


def access_list(tenant: str) -> str:
    """A speaker writes and reads its own; what is for many all may read, and the controller alone may write."""
    return _ACCESS.format(controller=CONTROLLER, root=Topics(tenant).root)
