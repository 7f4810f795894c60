"""The files that a guarded broker reads, kept as they should be: authority, own certificate, revoked certificates."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from controller.certificates.authority import CERTIFICATE_FILE, Authority, Subject
from controller.certificates.kept import keep_certificate, replace_file
from controller.certificates.revocation import revocation_list
from devices.broker.guard import CA, CONTROLLER, CRL, Guard

BROKER = "broker"


@dataclass(frozen=True)
class BrokerFiles:
    """`home`: the authority's own folder, where the controller's certificate lies too.

    `revoked` gives serials with the instants of their revocation, `now` us UTC.
    """

    home: Path
    authority: Authority
    tenant: str
    names: Sequence[str]
    """By which the broker is reached: host names and addresses."""
    revoked: Callable[[], Iterable[tuple[str, int]]]
    now: Callable[[], int]

    def guard(self) -> Guard:
        """What a broker of ours is started with; the controller's certificate is there from then on."""
        self.keep_controller()
        return Guard(
            self.tenant, self.home / CERTIFICATE_FILE, self.home / f"{CONTROLLER}.pem",
            self.home / f"{CONTROLLER}.key", self.write,
        )  # fmt: skip

    def keep_controller(self) -> bool:
        """The controller's own certificate; whether it is a new one."""
        return keep_certificate(self.home, CONTROLLER, Subject(CONTROLLER), self.authority, self.now())

    def write(self, folder: Path) -> bool:
        """Fill a broker's folder; whether anything in it has changed, so that the broker must read it again."""
        subject = Subject(BROKER, tuple(dict.fromkeys(self.names)))
        changed = [
            replace_file(folder / CA, self.authority.pem),
            keep_certificate(folder, BROKER, subject, self.authority, self.now()),
            self._write_revoked(folder / CRL),
        ]
        return any(changed)

    def _write_revoked(self, path: Path) -> bool:
        """Made anew only where it names others: each signature is another one."""
        revoked = sorted(self.revoked())
        noted = path.with_suffix(".txt")
        text = "".join(f"{serial} {since}\n" for serial, since in revoked).encode("ascii") + self.authority.pem
        if path.is_file() and noted.is_file() and noted.read_bytes() == text:
            return False
        replace_file(path, revocation_list(self.authority, revoked, self.now()))
        replace_file(noted, text)
        return True
