"""Where the running installation of a data folder listens: written by `loa serve`, read by the other commands."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from devices.address import MqttUrl

FILE = "endpoint.json"


@dataclass(frozen=True)
class Endpoint:
    """Addresses of the REST interface and of the broker."""

    api: str
    mqtt: str

    @property
    def for_speakers(self) -> str:
        """The broker without the controller's certificate, where it shows one: speakers have their own."""
        return self.mqtt.split("?")[0] if MqttUrl.parse(self.mqtt).cert else self.mqtt

    @property
    def by_certificate(self) -> bool:
        return self.for_speakers != self.mqtt


def write_endpoint(data: Path, endpoint: Endpoint) -> None:
    part = data / (FILE + ".part")
    part.write_text(json.dumps(asdict(endpoint)), "utf-8")
    part.chmod(0o600)
    part.replace(data / FILE)


def read_endpoint(data: Path) -> Endpoint | None:
    """None where nothing has been started on this folder."""
    with suppress(OSError, ValueError, TypeError):
        return Endpoint(**json.loads((data / FILE).read_text("utf-8")))
    return None


def remove_endpoint(data: Path) -> None:
    (data / FILE).unlink(missing_ok=True)
