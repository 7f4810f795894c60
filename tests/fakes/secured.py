"""The Mosquitto that docs/brokers.md recommends for real speakers: TLS, a certificate for everybody, an access list."""

import datetime
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from devices.broker.child import BrokerProcess
from devices.broker.mosquitto import find_mosquitto
from devices.broker.ports import choose_port, is_free
from tests.fakes.mqtt_client import eventually

PAGE = Path(__file__).parents[2] / "docs" / "brokers.md"
PEM = serialization.Encoding.PEM


class Authority:
    """Issues certificates for a name, as NAME.pem and NAME.key in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named("authority")
        (folder / "ca.pem").write_bytes(self._issue(self._name, self._key, authority=True))

    def issue(self, name: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        plain = serialization.NoEncryption()
        (self._folder / f"{name}.key").write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, plain))
        (self._folder / f"{name}.pem").write_bytes(self._issue(_named(name), key, authority=False))

    def _issue(self, name: x509.Name, key: ec.EllipticCurvePrivateKey, *, authority: bool) -> bytes:
        today = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder(self._name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(today - datetime.timedelta(days=1))
            .not_valid_after(today + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
            .sign(self._key, hashes.SHA256())
            .public_bytes(PEM)
        )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


@dataclass(frozen=True)
class Secured:
    """A running broker, and the addresses by which holders of certificates reach it."""

    folder: Path
    port: int

    def url(self, name: str) -> str:
        files = f"ca={self.folder}/ca.pem&cert={self.folder}/{name}.pem&key={self.folder}/{name}.key"
        return f"mqtts://127.0.0.1:{self.port}?{files}"


@contextmanager
def secured_broker(folder: Path, names: Sequence[str]) -> Iterator[Secured]:
    """Run it in `folder`, with certificates for these names."""
    port, authority = choose_port(0), Authority(folder)
    for name in ("broker", *names):
        authority.issue(name)
    for file in ("mosquitto.conf", "acl"):
        block = re.search(rf"```{re.escape(file)}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
        assert block, f"the page shows no {file}"
        text = block[1].replace("/etc/loa", str(folder)).replace("listener 8883", f"listener {port} 127.0.0.1")
        (folder / file).write_text(text + ("user root\n" if file != "acl" and os.geteuid() == 0 else ""), "utf-8")
    process = BrokerProcess([str(find_mosquitto()), "-c", str(folder / "mosquitto.conf")], folder / "log")
    try:
        assert eventually(lambda: not is_free(port)), (folder / "log").read_text("utf-8")
        yield Secured(folder, port)
    finally:
        process.stop()
