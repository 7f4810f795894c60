"""Keeps the broker's door: renews certificates in time, lists those that are revoked, throws out who must go.

A speaker that is out of service is thrown out, twice more in case that a broker of others has read the list late, and
again whenever it is heard after all.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.serialization import Encoding
from sqlmodel import col, select

from controller.certificates.authority import Subject
from controller.certificates.broker_files import BrokerFiles
from controller.certificates.papers import key_pem, new_key
from controller.db import Transactions
from controller.herald import Herald
from controller.keyring import write_secret
from devices.address import MqttUrl
from devices.models import Device
from devices.protocol.units import HOUR, MINUTE, SECOND

log = structlog.get_logger()

LOOK = HOUR
"""How often certificates are looked at, us."""
AGAIN = 10 * SECOND
"""When a speaker that could not be thrown out is tried again, us."""
ONCE_MORE = (MINUTE, 10 * MINUTE)
"""When a speaker that was thrown out is thrown out again, us: it may have come back before the list was read."""
TAKEOVER = "takeover.pem"
TAKEOVER_LIFE = 10 * MINUTE
"""Of the certificate by which the place of a speaker is taken, us."""


@dataclass
class Door:
    """The broker as the doorkeeper sees it.

    `folder`: where the files of a guarded one are, None for another kind; `reading_s`: how long it is given to read
    them again before somebody is thrown out.
    """

    url: Callable[[], str]
    folder: Path | None
    reading_s: float
    reload: Callable[[], None]
    evict: Callable[[MqttUrl, str], bool]
    sleep: Callable[[float], None]


@dataclass
class Doorkeeper:
    """`do_once` is called in a thread of its own: it waits for the broker."""

    database: Transactions
    herald: Herald
    files: BrokerFiles
    door: Door
    clock: Callable[[], int]
    looked_at: int | None = None
    tried_at: dict[str, int] = field(default_factory=dict)
    once_more: dict[str, list[int]] = field(default_factory=dict)

    def do_once(self) -> bool:
        """See to everything that is due; nothing is left to be done at once after it."""
        now, waiting = self.clock(), self._waiting()
        if waiting or self.looked_at is None or now - self.looked_at >= LOOK:
            self._keep_files()
            self.looked_at = now
        for device in waiting:
            self._throw_out(device, now)
        for device in [name for name, times in self.once_more.items() if times[0] <= now]:
            self._throw_out_again(device, now)
        return False

    def _waiting(self) -> list[str]:
        rows = select(Device.id).where(col(Device.retired_at).is_not(None), col(Device.shut_out_at).is_(None))
        with self.database.read() as session:
            found = session.exec(rows.order_by(col(Device.id))).all()
        now = self.clock()
        return [name for name in found if not 0 <= now - self.tried_at.get(name, now - AGAIN) < AGAIN]

    def _keep_files(self) -> None:
        renewed = self.files.keep_controller()
        folder = self.door.folder
        changed = folder is not None and folder.is_dir() and self.files.write(folder)
        if changed:
            self.door.reload()
            self.door.sleep(self.door.reading_s)
        if changed or renewed:
            log.info("broker_files_written", controller=renewed, broker=changed)

    def _throw_out(self, device: str, now: int) -> None:
        """Its place at the broker is taken for a moment; what was kept there for it is cleared."""
        self.tried_at[device] = now
        topics = self.herald.topics
        kept = (topics.down(device, "config"), topics.down(device, "plan"), topics.up(device, "state"))
        if not self._take_place(device, now) or not all(map(self.herald.clear, kept)):
            log.warning("speaker_not_thrown_out", device=device)
            return
        del self.tried_at[device]
        self.once_more[device] = [now + wait for wait in ONCE_MORE]
        with self.database.write() as session:
            row = session.get_one(Device, device)
            if row.retired_at is not None:
                row.shut_out_at = now
        log.info("speaker_thrown_out", device=device)

    def _throw_out_again(self, device: str, now: int) -> None:
        """Unless it has been found meanwhile."""
        times = self.once_more.pop(device)
        with self.database.read() as session:
            row = session.get(Device, device)
        if row is None or row.retired_at is None:
            return
        left = times[1:] if self._take_place(device, now) else [now + AGAIN, *times[1:]]
        if left:
            self.once_more[device] = left

    def _take_place(self, device: str, now: int) -> bool:
        let_in = self.door.evict(self._place_of(device, now), device)
        (self.files.home / TAKEOVER).unlink(missing_ok=True)
        return let_in

    def _place_of(self, device: str, now: int) -> MqttUrl:
        """The broker's address, with a certificate in the speaker's name where the broker asks for one: it ties
        names to certificates."""
        url = MqttUrl.parse(self.door.url())
        if url.cert is None:
            return url
        authority, home = self.files.authority, self.files.home
        key = new_key(authority.entropy)
        made = authority.issue(Subject(device), key.public_key(), now, TAKEOVER_LIFE)
        write_secret(home / TAKEOVER, made.public_bytes(Encoding.PEM) + key_pem(key))
        return MqttUrl(url.host, url.port, url.scheme, ca=url.ca, cert=home / TAKEOVER)
