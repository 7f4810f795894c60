"""An installed Mosquitto as a child that speakers may reach: TLS 1.2 or newer, a certificate for everybody."""

import socket
import ssl
from contextlib import suppress
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlencode

from devices.broker.guard import ACL, CONFIG, Guard, access_list, configuration
from devices.broker.mosquitto import LOGGED, MosquittoBroker, as_ourselves, find_mosquitto
from devices.broker.ports import EVERYWHERE, LOOPBACK, PROBE_S

USUAL_TLS = 8883


class GuardedMosquitto(MosquittoBroker):
    """`host`: the address at which it listens. BrokerMissing at its start: not installed."""

    name: ClassVar[str] = "mosquitto"
    reads_again: ClassVar[bool] = True

    def __init__(self, folder: Path, port: int, host: str, guard: Guard) -> None:
        super().__init__(folder, port)
        self._host = host
        self._guard = guard

    @property
    def url(self) -> str:
        files = urlencode({"ca": self._guard.ca, "cert": self._guard.cert, "key": self._guard.key})
        return f"mqtts://{self._reached}:{self._port or self._wanted}?{files}"

    @property
    def _reached(self) -> str:
        return LOOPBACK if self._host in EVERYWHERE else self._host

    def _prepare(self, folder: Path, port: int) -> list[str]:
        program = find_mosquitto()
        self._guard.write(folder)
        (folder / ACL).write_text(access_list(self._guard.tenant), "utf-8")
        config = folder / CONFIG
        config.write_text(configuration(folder, port, self._host) + LOGGED + as_ourselves(), "utf-8")
        return [str(program), "-c", str(config)]

    def _answers(self) -> bool:
        """Whether it shakes hands. A CONNECT would throw out the controller, whose certificate is shown."""
        with suppress(OSError):
            context = ssl.create_default_context(cafile=self._guard.ca)
            context.load_cert_chain(self._guard.cert, self._guard.key)
            with (
                socket.create_connection((self._reached, self._port), PROBE_S) as caller,
                context.wrap_socket(caller, server_hostname=self._reached),
            ):
                return True
        return False
