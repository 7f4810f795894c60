"""The speaker's accounts: what it writes to memory, receipts and ledger when something happens to an order.

A receipt is written before the entry: after a power cut between the two, `reconcile` takes over what the
receipts tell, so that no end is said twice.
"""

from collections import Counter
from dataclasses import dataclass

from devices.protocol.messages.speaker import Receipt, ReceiptState
from devices.protocol.units import MILLI
from firmware_sim import alerts, orders
from firmware_sim.clock import Clock
from firmware_sim.entries import AlertEntry, AnyEntry, Entry, PlayEntry, Sounding, Why
from firmware_sim.ledger import Ledger, Line
from firmware_sim.memory import Memory
from firmware_sim.ports import WorldClock
from firmware_sim.receipts import Receipts
from firmware_sim.shelf import Shelf

ENDS: frozenset[ReceiptState] = frozenset(("played", "failed", "refused", "expired", "cancelled"))


@dataclass(frozen=True)
class _Account:
    """Of an order's sound: what it is, us heard, us asked for."""

    sha256: str | None
    heard: int
    expected: int


class Books:
    def __init__(
        self,
        tenant: str,
        memory: Memory,
        receipts: Receipts,
        ledger: Ledger,
        shelf: Shelf,
        clock: Clock,
        world: WorldClock,
    ) -> None:
        self.memory = memory
        self.words: Counter[ReceiptState] = Counter()
        """How many receipts of each kind were written since power-up."""
        self._tenant = tenant
        self._receipts = receipts
        self._ledger = ledger
        self._shelf = shelf
        self._clock = clock
        self._world = world

    def note(self, kind: str, mono: int, **fields: object) -> None:
        """One line of the ledger, with the three instants of `mono`."""
        stamps = {"mono": mono, "wall": self._clock.utc(mono), "true": self._world(mono)}
        self._ledger.append({"kind": kind, **fields, **stamps})

    def true_time(self, mono: int) -> int | None:
        return self._world(mono)

    def lengths(self, entry: AlertEntry) -> alerts.Lengths:
        """Of the alert's clips, as far as they are known, us."""
        alert = entry.alert
        if alert.silent_speech:
            return alerts.Lengths(self._shelf.length(alert.tone), 0)
        speech = self._shelf.length(alert.speech) or alert.speech_duration * MILLI
        return alerts.Lengths(self._shelf.length(alert.tone), speech)

    def armed(self, after: PlayEntry | AlertEntry, stretch: Sounding) -> bool:
        """Tell flash and ledger of a stretch before the amplifier opens; False if one of them is full."""
        line = _line("started", after, stretch) | {"error": self._clock.error(stretch.mono)}
        return self.memory.put(after) and self._ledger.append(line | {"resumed": stretch.resumed})

    def closed(self, after: AnyEntry, stretch: Sounding, heard: int, why: Why, ended: int | None = None) -> None:
        """Tell the ledger and flash how much (us) of a stretch was heard; `ended`: when, if this boot knows."""
        true = None if stretch.true is None else stretch.true + heard
        stamps = {"mono": stretch.mono + heard, "wall": stretch.wall + heard, "true": true}
        if ended is not None:
            stamps |= {"mono": ended, "true": self._world(ended)}
        line = _line("ended", after, stretch) | stamps
        self._ledger.append(line | {"heard_ms": heard // MILLI, "why": why})
        self.memory.put(after)

    def have(self, entry: AnyEntry, mono: int) -> None:
        """Its blob is whole: say so once."""
        if not entry.have:
            self._say(entry, "have", mono, {"have": True})

    def playing(self, entry: AnyEntry, mono: int) -> None:
        """It has begun to sound: say so once."""
        if not entry.playing:
            self._say(entry, "playing", mono, {"playing": True})

    def end(self, entry: AnyEntry, end: orders.End, mono: int) -> None:
        """Its one end."""
        self._say(entry, end.state, mono, {"end": end.state}, end.reason)

    def turn_away(self, entry: Entry, end: orders.End, mono: int) -> None:
        """An end for something that is not kept in memory."""
        self._receipts.add(self._receipt(entry, end.state, end.reason, mono), mono)

    def reopened(self, entry: AlertEntry) -> AlertEntry:
        """An alert that had ended and goes on: what its receipts told so far is its past."""
        fresh = {"end": None, "have": False, "playing": False, "since": self._receipts.next_number}
        return entry.model_copy(update=fresh)

    def reconcile(self) -> None:
        """After a reboot: what the receipts tell and the entries do not know yet."""
        for receipt in self._receipts.kept():
            entry = self.memory.get((receipt.order, receipt.occurrence))
            if entry is None or entry.end or receipt.n < entry.since:
                continue
            if receipt.state in ENDS:
                self.memory.put(entry.model_copy(update={"end": receipt.state}))
            elif not getattr(entry, receipt.state):
                self.memory.put(entry.model_copy(update={receipt.state: True}))

    def _say(
        self, entry: AnyEntry, state: ReceiptState, mono: int, update: dict[str, object], reason: str = "none"
    ) -> None:
        self._receipts.add(self._receipt(entry, state, reason, mono), mono)
        self.memory.put(entry.model_copy(update=update))

    def _receipt(self, entry: Entry, state: ReceiptState, reason: str, mono: int) -> Receipt:
        account = self._account(entry)
        self.words[state] += 1
        return Receipt(
            tenant=self._tenant,
            to="controller",
            issued_at=self._clock.utc(mono) or 0,
            ledger=self._receipts.ledger,
            n=self._receipts.next_number,
            order=entry.order,
            occurrence=entry.occurrence,
            state=state,
            reason=reason,
            sha256=account.sha256 if entry.first is not None else None,
            heard=account.heard // MILLI,
            expected=account.expected // MILLI,
            started_at=entry.first,
            ended_at=entry.last if state in ENDS else None,
            restarts=entry.restarts if isinstance(entry, AlertEntry) else 0,
            clock_error=self._clock.error(mono),
        )

    def _account(self, entry: Entry) -> _Account:
        if isinstance(entry, PlayEntry):
            return _Account(entry.play.sha256, entry.heard, orders.expected(entry.play))
        if isinstance(entry, AlertEntry):
            heard = sum(done.heard for done in entry.done)
            wanted = alerts.expected(entry.alert, self.lengths(entry))
            return _Account(entry.alert.speech or entry.alert.tone, heard, wanted)
        return _Account(None, 0, 0)


def _line(kind: str, entry: Entry, stretch: Sounding) -> Line:
    line = stretch.model_dump(include={"part", "repeat", "sha256", "from_ms", "restart", "mono", "wall", "true"})
    return {"kind": kind, "order": entry.order, "occurrence": entry.occurrence} | line
