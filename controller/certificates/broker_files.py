"""The files that a guarded broker reads, kept as they should be: authority, own certificate, revoked certificates."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from controller.certificates.authority import CERTIFICATE_FILE, Authority, Subject
from controller.certificates.kept import keep_certificate, replace_file
from controller.certificates.renewal import SPEAKER_LIFE
from controller.certificates.revocation import revocation_list
from devices.broker.guard import CA, CONTROLLER, CRL, Guard
from devices.protocol.units import DAY

_LINE = re.compile(r"^([0-9a-f]+) (\d+)\b", re.MULTILINE)

BROKER = "broker"
FORGOTTEN = " kept until it has ended: the database does not name it any more"
"""The reason in the list that people read."""


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
        noted, told = path.with_suffix(".txt"), dict(self.revoked())
        kept = {serial: since for serial, since in self._noted(noted) if serial not in told}
        revoked = sorted((told | kept).items())
        lines = (f"{serial} {since}{FORGOTTEN if serial in kept else ''}\n" for serial, since in revoked)
        text = "".join(lines).encode("ascii") + self.authority.pem
        if path.is_file() and noted.is_file() and noted.read_bytes() == text:
            return False
        replace_file(path, revocation_list(self.authority, revoked, self.now()))
        replace_file(noted, text)
        return True

    def _noted(self, noted: Path) -> Iterator[tuple[str, int]]:
        """What the list names already, for as long as a certificate can last: nothing that was revoked is good again
        because an older backup was restored. Of another authority nothing counts any more."""
        if not noted.is_file() or not noted.read_bytes().endswith(self.authority.pem):
            return
        for serial, since in _LINE.findall(noted.read_text("ascii")):
            if self.now() < int(since) + SPEAKER_LIFE + DAY:
                yield serial, int(since)
