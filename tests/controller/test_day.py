"""A day of a commune in a minute: what the controller holds at its end is what it held in the morning."""

import gc
from collections.abc import Callable
from pathlib import Path

import pytest

from controller.broadcast.models import Broadcast
from controller.broadcast.ordering import BroadcastRequest, create_broadcast
from devices.link import Inbound
from devices.protocol import base64url
from devices.protocol.codec import to_json
from devices.protocol.messages.speaker import Health, State
from devices.protocol.messages.time import TimeRequest
from firmware_sim.village.office import Office
from tests.fakes.bench import Bench
from tests.fakes.words import BOOT, hello, receipt

SPEAKERS = 40
MEGABYTE = 1024 * 1024


class Day:
    """Every minute a heartbeat of each speaker, every hour a bulletin that all of them play."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.area = office.area("Xã Tân Đông")
        self.speakers = [office.speaker(self.area, f"loa {number}") for number in range(SPEAKERS)]
        self.bench = Bench(office)
        self.bench.step()
        self.receipts = 0
        self.beat = to_json(
            Health(
                boot=BOOT, uptime=5, volume=80, temperature=41.5, supply=12.1, signal=-87, flash_free=1_000_000,
                clock_error=3_000,
            )
        )  # fmt: skip

    def hear(self, leaf: str, payload: bytes) -> None:
        """The same from everybody, in one batch."""
        topics, now = self.bench.topics, self.bench.now
        batch = [Inbound(topics.up(speaker, leaf), payload, False, now) for speaker in self.speakers]  # type: ignore[arg-type]
        self.bench.controller.on_messages(batch, now)

    def ask_time(self, minute: int) -> None:
        topics, now = self.bench.topics, self.bench.now
        asked = to_json(TimeRequest(nonce=base64url.encode(minute.to_bytes(16, "big")), t1=minute))
        batch = [Inbound(topics.time_request(speaker), asked, False, now) for speaker in self.speakers]
        self.bench.controller.on_messages(batch, now)

    def air(self, hour: int) -> None:
        request = BroadcastRequest(bulletin_id=self.office.bulletin(2.0, 300.0 + hour), areas=(self.area,))
        with self.office.database.write() as session:
            made = create_broadcast(session, request, self.office.act(self.bench.now), self.office.new_id, 3_000)
        self.bench.step()
        with self.office.database.read() as session:
            order = session.get_one(Broadcast, made)
        sounded = {"sha256": order.sha256, "heard": 2_000, "expected": 2_000}
        for state, fields in (("have", {}), ("playing", {}), ("played", sounded)):
            self.receipts += 1
            word = receipt(
                self.office.keyring.tenant, self.receipts, order.id, order.occurrence_id, state, **fields
            )  # fmt: skip
            for speaker in self.speakers:
                self.bench.hear(speaker, "receipt", word)

    def reconnect(self) -> None:
        """Our line is lost and comes back; the speakers come back to a new broker."""
        self.bench.controller.on_link(False, self.bench.now)
        self.bench.controller.on_link(True, self.bench.now)
        self.hear("state", to_json(State(online=False, boot=BOOT)))
        self.bench.step(1)
        for speaker in self.speakers:
            numbers = {"next_receipt": self.receipts + 1, "unacknowledged": self.receipts + 1}
            self.bench.hear(speaker, "hello", hello(self.office.keyring.tenant, **numbers))

    def hours(self, first: int, last: int) -> None:
        for hour in range(first, last):
            self.air(hour)
            if hour % 3 == 2:
                self.reconnect()
            for minute in range(60):
                self.bench.step(60)
                self.hear("health", self.beat)
                if minute % 5 == 0:
                    self.ask_time(hour * 60 + minute)
                self.bench.link.sent.clear()

    def holds(self) -> tuple[int, int, int]:
        """Bytes resident, objects, open files of this process."""
        gc.collect()
        status = Path("/proc/self/status").read_text("ascii").split("VmRSS:")[1]
        return int(status.split()[0]) * 1024, len(gc.get_objects()), len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.rehearse
@pytest.mark.timeout(400)
def test_a_day_leaves_memory_and_descriptors_as_they_were(
    office: Office, record_property: Callable[[str, object], None]
) -> None:
    day = Day(office)
    day.hours(0, 6)
    morning = day.holds()
    day.hours(6, 24)
    night = day.holds()
    record_property("bytes, objects, files at 6 h and 24 h", (morning, night))
    assert night[0] - morning[0] < 8 * MEGABYTE
    assert night[1] < morning[1] * 1.02
    assert night[2] <= morning[2]
