"""The guarded Mosquitto as Loa starts it, and certificates for whoever a test wants to be."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from controller.certificates.authority import Authority as Office
from controller.certificates.authority import Subject, open_authority
from controller.certificates.broker_files import BrokerFiles
from controller.certificates.papers import key_pem, new_key, serial_of
from devices.broker.guarded import GuardedMosquitto
from devices.protocol.units import DAY
from firmware_sim.runtime import dice

TENANT = "2b5d6c1e-0000-4000-8000-000000000001"


def now_us() -> int:
    return time.time_ns() // 1_000


class Authority:
    """Issues certificates for a name, as NAME.pem and NAME.key in a folder."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        self._folder = folder
        self.office: Office = open_authority(
            folder / "authority", entropy=dice(seed).randbytes, now=now_us(), tenant=TENANT, passphrase=None
        )

        (folder / "ca.pem").write_bytes(self.office.pem)

    def issue(self, name: str, *, file: str = "", server: bool = False, made_at: int | None = None) -> str:
        """Its serial number; `made_at`: us UTC, where it is to have ended long ago."""
        key, made = new_key(self.office.entropy), now_us() if made_at is None else made_at
        subject = Subject(name, ("127.0.0.1",) if server else ())
        certificate = self.office.issue(subject, key.public_key(), made, DAY)
        (self._folder / f"{file or name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
        (self._folder / f"{file or name}.key").write_bytes(key_pem(key))
        return serial_of(certificate)


@dataclass
class Secured:
    """A running broker, and the addresses by which holders of certificates reach it. `serials` by name."""

    folder: Path
    broker: GuardedMosquitto
    authority: Authority
    files: BrokerFiles
    serials: dict[str, str]
    revoked: list[tuple[str, int]] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.broker.url.split("?")[0].rsplit(":", 1)[1])

    def url(self, name: str | None, *, ca: Path | None = None) -> str:
        own = f"&cert={self.folder}/{name}.pem&key={self.folder}/{name}.key" if name else ""
        return f"mqtts://127.0.0.1:{self.port}?ca={ca or self.folder / 'ca.pem'}{own}"


@contextmanager
def secured_broker(folder: Path, names: Sequence[str]) -> Iterator[Secured]:
    """Run it, with certificates for these names in `folder`."""
    authority, revoked = Authority(folder), list[tuple[str, int]]()
    files = BrokerFiles(folder / "authority", authority.office, TENANT, ("127.0.0.1",), lambda: revoked, now_us)
    serials = {name: authority.issue(name) for name in names}
    with GuardedMosquitto(folder / "broker", 0, "127.0.0.1", files.guard()) as broker:
        yield Secured(folder, broker, authority, files, serials, revoked)
