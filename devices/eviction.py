"""A client is thrown off its broker: whoever connects under its name takes its place (MQTT 3.1.1, 3.1.4-2)."""

import socket
import threading
from collections.abc import Callable

from devices.address import MqttUrl
from devices.backlog import Backlog
from devices.connection import Connection, Identity

PATIENCE_S = 5


def evict(url: MqttUrl, client_id: str, now: Callable[[], int]) -> bool:
    """Take the place of a client for a moment, leaving no session behind; False where the broker did not let us."""
    stopping, let_in = threading.Event(), threading.Event()
    backlog = Backlog(lambda: None)

    def came_up() -> None:
        let_in.set()
        stopping.set()

    heard, bell = socket.socketpair()
    with heard, bell:
        heard.setblocking(False)
        identity = Identity(url, client_id, (), PATIENCE_S)
        try:
            Connection(identity, backlog, lambda _: None, came_up, now).live(heard, stopping)
        except OSError:
            return False
    return let_in.is_set()
