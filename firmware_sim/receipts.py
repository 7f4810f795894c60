"""Receipts: numbered without gaps, kept in flash until the controller has stored them, sent again till then.

Knows nothing of why a receipt is written.
"""

from collections.abc import Callable

from devices.protocol.messages.control import Ack
from devices.protocol.messages.speaker import Receipt
from devices.protocol.units import SECOND
from firmware_sim.flash import Flash
from firmware_sim.ports import Chance

WINDOW = 32
"""Receipts sent ahead of an acknowledgement."""
SOON = SECOND // 2
"""A receipt leaves within this, so that a whole village does not sign and send at the instant of a start."""
FIRST_PATIENCE = 10 * SECOND
LONGEST_PATIENCE = 300 * SECOND


class Receipts:
    """Go-back-N over messages that may be lost: after a time-out all from the first missing one are resent."""

    def __init__(self, flash: Flash, chance: Chance, send: Callable[[Receipt], None]) -> None:
        self._flash = flash
        self._chance = chance
        self._send = send
        self._kept: dict[int, Receipt] = {}
        self.ledger = ""
        self.next_number = 1
        self._unsent = 1
        self._connected = False
        self._patience = FIRST_PATIENCE
        self._send_at: int | None = None
        self._resend_at: int | None = None

    @property
    def unacknowledged(self) -> int:
        """Number of the oldest receipt not acknowledged, else of the next one."""
        return next(iter(self._kept), self.next_number)

    @property
    def waiting(self) -> int:
        return len(self._kept)

    def load(self, ledger: str) -> None:
        """Take up what the flash holds; `ledger` is the name of a new ledger if it holds none."""
        stored = self._flash.get("ledger")
        if stored is None:
            self._flash.put("ledger", f"{ledger} 1".encode())
            stored = f"{ledger} 1".encode()
        self.ledger, first = stored.decode().split()
        for key in self._flash.keys("receipts/"):
            receipt = Receipt.model_validate_json(self._flash.get(key) or b"")
            self._kept[receipt.n] = receipt
        self.next_number = max([int(first) - 1, *self._kept]) + 1
        self._unsent = self.unacknowledged

    def kept(self) -> list[Receipt]:
        """Those not acknowledged, oldest first."""
        return list(self._kept.values())

    def add(self, receipt: Receipt, mono: int) -> None:
        """Number a receipt, keep it, and let it leave soon."""
        numbered = receipt.model_copy(update={"ledger": self.ledger, "n": self.next_number})
        self._flash.put(_key(numbered.n), numbered.model_dump_json().encode())
        self._kept[numbered.n] = numbered
        self.next_number += 1
        if self._send_at is None:
            self._send_at = mono + int(self._chance.uniform(0.2, 1.0) * SOON)

    def on_ack(self, ack: Ack, mono: int) -> None:
        """Forget what the controller holds; an acknowledgement of another ledger says nothing."""
        if ack.ledger != self.ledger or not self.unacknowledged <= ack.through < self.next_number:
            return
        self._flash.put("ledger", f"{self.ledger} {ack.through + 1}".encode())
        for number in range(self.unacknowledged, ack.through + 1):
            self._flash.delete(_key(number))
            del self._kept[number]
        self._unsent = max(self._unsent, self.unacknowledged)
        self._patience = FIRST_PATIENCE
        self._resend_at = mono + self._patience if self._kept else None
        self._send_at = mono if self._unsent < self.next_number else None

    def on_connected(self, mono: int) -> None:
        """A new connection: all that is not acknowledged is said again."""
        self._connected = True
        self._patience = FIRST_PATIENCE
        self._resend_at = mono + int(self._chance.uniform(0, SOON)) if self._kept else None

    def on_disconnected(self) -> None:
        self._connected = False

    def do_once(self, mono: int) -> None:
        if not self._connected:
            return
        if self._resend_at is not None and mono >= self._resend_at:
            self._unsent = self.unacknowledged
            self._patience = min(LONGEST_PATIENCE, self._patience * 2)
            self._resend_at = None
            self._send_window(mono)
        elif self._send_at is not None and mono >= self._send_at:
            self._send_window(mono)

    def next_wakeup(self) -> int | None:
        times = [at for at in (self._send_at, self._resend_at) if at is not None]
        return min(times, default=None) if self._connected else None

    def _send_window(self, mono: int) -> None:
        self._send_at = None
        beyond = min(self.next_number, self.unacknowledged + WINDOW)
        for number in range(self._unsent, beyond):
            self._send(self._kept[number])
        self._unsent = max(self._unsent, beyond)
        if self._kept and self._resend_at is None:
            self._resend_at = mono + int(self._patience * self._chance.uniform(0.8, 1.2))


def _key(number: int) -> str:
    return f"receipts/{number:016d}"
