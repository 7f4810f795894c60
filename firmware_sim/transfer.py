"""One blob on its way: what is asked for, what is still missing, and when to ask again. Sends nothing itself."""

from dataclasses import dataclass, field

from devices.protocol.messages.blobs import Manifest
from devices.protocol.units import SECOND
from firmware_sim.pace import Pace
from firmware_sim.ports import Chance

MANIFEST = -1
"""The manifest's place among the pieces of a blob; chunks count from 0."""
FIRST_PAUSE = SECOND
LONGEST_PAUSE = 60 * SECOND
SPARED = 5 * SECOND
"""A blob is there so long before its time on the air, us."""
LONGEST_DELAY = 600 * SECOND


@dataclass(frozen=True)
class Want:
    """A blob that should be here."""

    sha256: str
    due: int | None = None
    """When it goes on the air, us UTC; None: as soon as possible."""
    urgent: bool = False
    """Alerts and clips: before all others, and for them others may be dropped."""
    ahead: bool = False
    """Long before it is needed: it gives way to all others."""

    @property
    def importance(self) -> int:
        return 2 if self.urgent else 0 if self.ahead else 1


@dataclass
class Piece:
    """A manifest or chunk that was asked for at least once."""

    attempts: int = 0
    first_at: int | None = None
    """When it was asked for the first time, us monotonic."""
    asked_at: int | None = None
    """Since when its topic is subscribed, us monotonic."""
    retry_at: int = 0


@dataclass
class Transfer:
    want: Want
    manifest: Manifest | None = None
    start_at: int = 0
    """When chunks may be asked for, us monotonic."""
    missing: list[int] = field(default_factory=list)
    """Chunks not here, first the last one."""
    pieces: dict[int, Piece] = field(default_factory=dict)
    heard_at: int = 0
    """When something of it last came."""

    @property
    def rank(self) -> tuple[bool, int, str]:
        """Which transfer goes first: urgent ones, then by time to air."""
        return not self.want.urgent, self.want.due or 0, self.want.sha256

    @property
    def piece_bytes(self) -> int:
        """What one piece takes of the window, bytes; a manifest next to nothing."""
        return self.manifest.chunk_bytes if self.manifest else 0

    def asked(self) -> list[int]:
        """Pieces whose topics are subscribed."""
        return [index for index, piece in self.pieces.items() if piece.asked_at is not None]

    def next_piece(self, mono: int) -> int | None:
        """The piece to ask for now, if there is one."""
        if self.manifest is not None and mono < self.start_at:
            return None
        return next((index for index in self._open() if self._due(index) <= mono), None)

    def next_ask(self) -> int | None:
        """When a piece may be asked for next, us monotonic."""
        times = [self._due(index) for index in self._open()]
        begin = self.start_at if self.manifest else 0
        return max(begin, min(times)) if times else None

    def overdue(self, mono: int, pace: Pace, line_at: int) -> list[int]:
        """Pieces that should have come by now; `line_at` is when the last byte of anything came."""
        return [index for index in self.asked() if self._expected_by(index, pace, line_at) <= mono]

    def next_time_out(self, pace: Pace, line_at: int) -> int | None:
        return min((self._expected_by(index, pace, line_at) for index in self.asked()), default=None)

    def ask(self, index: int, mono: int) -> None:
        piece = self.pieces.setdefault(index, Piece())
        piece.asked_at = mono
        piece.first_at = mono if piece.first_at is None else piece.first_at

    def put_off(self, index: int, mono: int, chance: Chance) -> None:
        """A piece did not come, or came wrong: ask again later, each time later."""
        piece = self.pieces.setdefault(index, Piece())
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(piece.attempts, 10))
        piece.attempts += 1
        piece.asked_at = None
        piece.retry_at = mono + int(pause * chance.uniform(0.5, 1.0))

    def came(self, index: int, mono: int) -> None:
        self.heard_at = mono
        self.pieces.pop(index, None)
        if index in self.missing:
            self.missing.remove(index)

    def _open(self) -> list[int]:
        """Pieces that are missing and not asked for; the next few will do."""
        if self.manifest is None:
            return [] if self._is_asked(MANIFEST) else [MANIFEST]
        again = [index for index, piece in self.pieces.items() if piece.asked_at is None and index >= 0]
        fresh = next((index for index in reversed(self.missing) if index not in self.pieces), None)
        return again if fresh is None else [fresh, *again]

    def _is_asked(self, index: int) -> bool:
        piece = self.pieces.get(index)
        return piece is not None and piece.asked_at is not None

    def _due(self, index: int) -> int:
        piece = self.pieces.get(index)
        return piece.retry_at if piece else 0

    def _expected_by(self, index: int, pace: Pace, line_at: int) -> int:
        """While the line brings anything, nothing on it is late; but nobody waits for ever."""
        asked, size = self.pieces[index].asked_at or 0, self.piece_bytes
        return min(max(asked, self.heard_at, line_at) + pace.patience(size), asked + pace.limit(size))


def start_delay(want: Want, takes: int, now: int | None, chance: Chance) -> int:
    """How long to wait before the first chunk, us: a random share of the time to air beyond the `takes` us of the
    transfer, so that a village does not pull at once. Nothing for what is urgent, due soon, or without a clock."""
    if want.urgent or want.due is None or now is None:
        return 0
    slack = want.due - now - SPARED - takes
    return int(chance.uniform(0, max(0, min(slack, LONGEST_DELAY))))
