"""How a stranger's speaker gets its audio: section 10 of docs/protocol.md."""

import hashlib
from dataclasses import dataclass, field

from tests.contract.stranger_reading import Refused

SECOND = 1_000_000
WINDOW = 4
TABLE = -1
"""The manifest among the pieces of a blob."""


@dataclass
class Transfer:
    """One blob on its way."""

    sha256: str
    urgent: bool
    due: int | None
    manifest: dict | None = None
    begin_at: int = 0
    heard_at: int = 0
    asked: dict = field(default_factory=dict)
    """Piece to the instant at which it was asked for."""
    again_at: dict = field(default_factory=dict)
    failures: dict = field(default_factory=dict)


class Fetching:
    """`flash` holds `chunks` (blob to chunks by index) and `blobs` (held ones: blob to length in ms)."""

    def __init__(self, flash, topic, emit, later, chance, utc, on_held):
        self._flash = flash
        self._topic = topic
        self._emit = emit
        self._later = later
        self._chance = chance
        self._utc = utc
        self._on_held = on_held
        self._connected = False
        self._came = False
        self._transfers = {}

    def want(self, wanted, mono):
        """`wanted`: blob to (urgent, due in us UTC or None)."""
        for sha256 in set(self._transfers) - set(wanted):
            self._leave(self._transfers.pop(sha256))
        for sha256, (urgent, due) in wanted.items():
            if sha256 not in self._flash["blobs"] and sha256 not in self._transfers:
                self._transfers[sha256] = Transfer(sha256, urgent, due)
                if sha256 in self._flash["manifests"]:
                    self._take_table(self._transfers[sha256], self._flash["manifests"][sha256], mono)
        self.pump(mono)

    def erase(self, sha256):
        """Whole or not, it goes."""
        for store in ("blobs", "manifests", "chunks"):
            self._flash[store].pop(sha256, None)

    def mistrust(self, sha256, mono):
        """Its manifest counts no more, nor what came by it."""
        for store in ("manifests", "chunks"):
            self._flash[store].pop(sha256, None)
        transfer = self._transfers.get(sha256)
        if transfer is not None:
            self._leave(transfer)
            transfer.manifest = None
            self.pump(mono)

    def holds(self, sha256):
        """Whether any of it is here."""
        return sha256 in self._flash["blobs"] or bool(self._flash["chunks"].get(sha256))

    def connected(self, mono):
        self._connected = True
        self.pump(mono)

    def disconnected(self):
        self._connected = False
        for transfer in self._transfers.values():
            transfer.asked.clear()

    def table(self, said, mono):
        """A verified manifest."""
        transfer = self._transfers.get(said["sha256"])
        if transfer is None or transfer.manifest is not None:
            return
        self._drop(transfer, TABLE)
        self._flash["manifests"][said["sha256"]] = said
        self._take_table(transfer, said, mono)
        self.pump(mono)

    def chunk(self, sha256, index, raw, mono):
        transfer = self._transfers.get(sha256)
        if transfer is None or transfer.manifest is None or index not in self._missing(transfer):
            return
        if hashlib.sha256(raw).hexdigest() != transfer.manifest["chunks"][index]:
            self._fail(transfer, index, mono)
            raise Refused("bad_chunk")
        self._came = True
        self._flash["chunks"].setdefault(sha256, {})[index] = raw
        transfer.heard_at = mono
        self._drop(transfer, index)
        transfer.failures.pop(index, None)
        if not self._missing(transfer):
            self._finish(transfer, mono)
        self.pump(mono)

    def refused(self, sha256, index, mono):
        """The broker refused a SUBSCRIBE."""
        if sha256 in self._transfers and index in self._transfers[sha256].asked:
            self._fail(self._transfers[sha256], index, mono)

    def missing(self, sha256):
        return self._missing(self._transfers[sha256])

    def pump(self, mono):
        """Ask for what may be asked for, ask again for what did not come, and be woken for the rest."""
        if not self._connected:
            return
        for transfer in self._transfers.values():
            for piece, asked_at in list(transfer.asked.items()):
                if mono >= max(asked_at, transfer.heard_at) + 4 * SECOND:
                    self._fail(transfer, piece, mono)
        for transfer in sorted(self._transfers.values(), key=lambda one: (not one.urgent, one.due or 0)):
            for piece in self._open(transfer):
                if self._has_room(piece) and self._may_ask(transfer, piece) <= mono:
                    transfer.asked[piece] = mono
                    self._emit({"out": "subscribe", "topic": self._topic(transfer.sha256, piece), "qos": 0})
        self._sleep(mono)

    def _sleep(self, mono):
        times = []
        for transfer in self._transfers.values():
            times += [max(at, transfer.heard_at) + 4 * SECOND for at in transfer.asked.values()]
            times += [self._may_ask(transfer, piece) for piece in self._open(transfer) if self._has_room(piece)]
        if times:
            self._later("fetch", max(mono + 1, min(times)), self.pump)

    def _has_room(self, piece):
        """One chunk until it has come, then four pieces."""
        asked = [one for transfer in self._transfers.values() for one in transfer.asked]
        first = piece == TABLE or self._came or all(one == TABLE for one in asked)
        return first and len(asked) < WINDOW

    def _open(self, transfer):
        pieces = [TABLE] if transfer.manifest is None else self._missing(transfer)
        return [piece for piece in pieces if piece not in transfer.asked]

    def _may_ask(self, transfer, piece):
        return max(transfer.again_at.get(piece, 0), 0 if piece == TABLE else transfer.begin_at)

    def _missing(self, transfer):
        here = self._flash["chunks"].get(transfer.sha256, {})
        return [index for index in range(len(transfer.manifest["chunks"])) if index not in here]

    def _take_table(self, transfer, said, mono):
        transfer.manifest, transfer.heard_at = said, mono
        now = self._utc(mono)
        if not transfer.urgent and now is not None and transfer.due is not None:
            slack = transfer.due - now - 5 * SECOND - said["size"] * SECOND // 100_000
            transfer.begin_at = mono + int(self._chance.uniform(0, min(max(0, slack), 600 * SECOND)))
        if not self._missing(transfer):
            self._finish(transfer, mono)

    def _finish(self, transfer, mono):
        sha256 = transfer.sha256
        here = self._flash["chunks"].pop(sha256)
        whole = b"".join(here[index] for index in sorted(here))
        if hashlib.sha256(whole).hexdigest() != sha256:
            transfer.manifest = None
            self._flash["manifests"].pop(sha256, None)
            self._fail(transfer, TABLE, mono)
            raise Refused("bad_chunk")
        del self._transfers[sha256]
        self._flash["blobs"][sha256] = transfer.manifest["duration"]
        self._on_held(sha256, mono)

    def _fail(self, transfer, piece, mono):
        self._drop(transfer, piece)
        failures = transfer.failures[piece] = transfer.failures.get(piece, 0) + 1
        pause = min(60, 2 ** (failures - 1)) * SECOND
        transfer.again_at[piece] = mono + int(pause * self._chance.uniform(0.5, 1))
        self._sleep(mono)

    def _drop(self, transfer, piece):
        if transfer.asked.pop(piece, None) is not None:
            self._emit({"out": "unsubscribe", "topic": self._topic(transfer.sha256, piece)})

    def _leave(self, transfer):
        for piece in list(transfer.asked):
            self._drop(transfer, piece)
