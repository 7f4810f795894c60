"""Everything that comes up the wire: verified, booked in one transaction, answered after it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from sqlmodel import Session

from controller.alerts.sounding import any_unplaced
from controller.booking import Answers, Booking
from controller.configuration import Configurator
from controller.db import Transactions
from controller.herald import Herald
from controller.library.carriage import Carrier
from controller.library.models import Blob
from controller.monitoring.watch import Watch
from controller.receipts import Booker
from devices.incidents import open_incident
from devices.link import Inbound
from devices.models import Device
from devices.protocol.codec import parse_unsigned
from devices.protocol.errors import ProtocolError, UnknownKey
from devices.protocol.keys import VerifyKey, known_key
from devices.protocol.messages.control import Ack, Config
from devices.protocol.messages.frame import Frame, Signed
from devices.protocol.messages.speaker import Health, Hello, State
from devices.protocol.messages.time import TimeAnswer, TimeRequest
from devices.protocol.messages.trust import Role
from devices.protocol.topics import Address
from devices.protocol.verification import verify
from devices.registry import find_devices

log = structlog.get_logger()


@dataclass
class Inbox:
    """Takes batches of messages. A bad one is an incident; it never stops the others."""

    database: Transactions
    herald: Herald
    carrier: Carrier
    configurator: Configurator
    watch: Watch
    booker: Booker
    new_id: Callable[[], str]

    def answer_time(self, message: Inbound, address: Address, clock: Callable[[], int]) -> None:
        """The four-stamp exchange: t2 from the socket, t3 at the last moment. Touches no table."""
        try:
            request = parse_unsigned(message.payload, TimeRequest)
        except ProtocolError:
            return
        t3 = clock()
        answer = TimeAnswer(
            tenant=self.herald.tenant, to=f"dev/{address.subject}", issued_at=t3, nonce=request.nonce,
            t1=request.t1, t2=message.received_at, t3=t3,
        )  # fmt: skip
        self.herald.time(address.subject, answer)

    def take(self, batch: Sequence[tuple[Inbound, Address]], now: int) -> Answers:
        """Book a batch and say what must be answered."""
        with self.database.write() as session, session.no_autoflush:  # who adds a row that others look for flushes
            known = {device.id: device for device in find_devices(session, {address.subject for _, address in batch})}
            words = [word for one in batch if (word := self._heard(session, known, *one, now)) is not None]
            return Booking(session, self.herald, self.watch, self.booker, self.new_id, now).book(words)

    def give(self, answers: Answers, now: int) -> None:
        """Acknowledge what is stored; give back configuration and audio that got lost."""
        for (device_id, ledger), through in answers.acks.items():
            ack = Ack(tenant=self.herald.tenant, to=f"dev/{device_id}", issued_at=now, ledger=ledger, through=through)
            self.herald.ack(device_id, ack)
        if answers.hellos:
            for device_id, config in self._outdated(answers.hellos, now).items():
                self.herald.config(device_id, config)
        if answers.broken_blobs:
            self._mend(sorted(answers.broken_blobs), now)

    def _mend(self, sha256s: Iterable[str], now: int) -> None:
        with self.database.read() as session:
            for blob in filter(None, (session.get(Blob, sha256) for sha256 in sha256s)):
                self.carrier.mend(blob, now)

    def _heard(
        self, session: Session, known: Mapping[str, Device], message: Inbound, address: Address, now: int
    ) -> tuple[Device, Frame] | None:
        """Who says what; None where that is not to be believed, or says nothing new."""
        device = known.get(address.subject)
        if device is None:
            open_incident(session, self.new_id, "unknown_device", now, subject=address.subject)
            return None
        if device.retired_at is not None:
            self._heard_revoked(session, device, message, address, now)
            return None
        try:
            said = _read(self.herald.tenant, device, message, address)
        except ProtocolError as error:
            log.warning("message_refused", device=device.id, topic=message.topic, code=error.code)
            open_incident(session, self.new_id, error.code, now, device_id=device.id, subject=address.leaf)
            return None
        return None if said is None else (device, said)

    def _heard_revoked(self, session: Session, device: Device, message: Inbound, address: Address, now: int) -> None:
        """A speaker out of service speaks: nothing is booked, somebody should know, and the broker is to drop it.

        Its `state` may be the broker's own word: the last will of the connection that was ended.
        """
        if address.leaf != "state" and not message.retained:
            device.shut_out_at = None
            open_incident(
                session, self.new_id, "revoked_device", now, device_id=device.id, status=device.status,
                leaf=address.leaf,
            )  # fmt: skip

    def _outdated(self, hellos: dict[str, Hello], now: int) -> dict[str, Config]:
        """The configurations of speakers that hold another sequence than ours."""
        with self.database.read() as session:
            waits = any_unplaced(session, now)
            rows = [row for row in find_devices(session, hellos) if row.config_content or not waits]
        said = {row.id: hellos[row.id].config_seq for row in rows}
        stale = {row.id: said[row.id] for row in rows if said[row.id] != row.config_seq or not row.config_seq}
        if not stale:
            return {}
        with self.database.write() as session:
            return self.configurator.current(session, find_devices(session, stale), now, at_least=stale)


def _read(tenant: str, device: Device, message: Inbound, address: Address) -> Frame | None:
    """What a message says; None: an old state that the broker kept. ProtocolError where it is not to be believed."""
    if address.leaf == "health":
        return parse_unsigned(message.payload, Health)
    if address.leaf != "state":
        return _believe(tenant, device, message, address)
    state = parse_unsigned(message.payload, State) if message.payload else None
    return None if state is None or (state.online and message.retained) else state


def _believe(tenant: str, device: Device, message: Inbound, address: Address) -> Signed:
    """Verify with the speaker's own registered key. Its clock may be wrong, so no time is checked."""
    key = known_key(device.public_key)

    def find_key(key_id: str, _now: int | None) -> tuple[VerifyKey, tuple[Role, ...]]:
        if key_id != key.id:
            raise UnknownKey(key=key_id)
        return key, ("device",)

    return verify(message.payload, address, tenant, find_key, None).message
