"""What one speaker's plan says: its airings, each kind of them once, the rules of the air, and what is gone. Pure."""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from devices.protocol.codec import to_json
from devices.protocol.json_text import canonical
from devices.protocol.messages.orders import Rank
from devices.protocol.messages.plans import Airing, Cap, Piece, Plan, Rules
from devices.protocol.signing import MAX_MESSAGE_BYTES
from devices.protocol.units import MILLI
from scheduler.air.timeline import Air

MOST_AIRINGS = 256
MOST_PIECES = 128
MOST_CAPS = 256
SIGNATURE = 200
"""Letters of header and signature, and more than these."""
NOBODY = str(UUID(int=0, version=4))


@dataclass(frozen=True)
class Planned:
    """An airing at one speaker; instants us UTC, lengths as in `play`."""

    order: str
    start_at: int
    expires_at: int
    sha256: str
    size: int
    duration: int
    max_late: int
    rank: Rank
    volume: int
    repeats: int
    gap: int
    instead: tuple[str, ...] = ()

    @property
    def piece(self) -> Piece:
        return Piece(
            sha256=self.sha256, size=self.size, duration=self.duration, max_late=self.max_late,
            lives=(self.expires_at - self.start_at) // MILLI, rank=self.rank, volume=self.volume,
            repeats=self.repeats, gap=self.gap,
        )  # fmt: skip


@dataclass(frozen=True)
class Content:
    """A plan without the speaker's name and the number it gets; `digest` tells whether anything has changed."""

    valid_from: int
    valid_to: int
    pieces: tuple[Piece, ...]
    airings: tuple[Airing, ...]
    rules: Rules
    stage: int
    gone: tuple[str, ...]

    @property
    def digest(self) -> str:
        said = [part.model_dump(mode="json") for part in (*self.pieces, *self.airings, self.rules)]
        besides = {"until": self.valid_to, "stage": self.stage, "gone": list(self.gone)}
        return hashlib.sha256(canonical({"said": said} | besides)).hexdigest()

    @property
    def size(self) -> int:
        """Bytes of the signed message, to whomever it goes."""
        said = len(to_json(self.addressed(NOBODY, NOBODY, self.valid_to)))
        return -(-said * 4 // 3) + SIGNATURE

    def addressed(self, tenant: str, device: str, seq: int) -> Plan:
        """The message for one speaker; the same number has the same bytes every time."""
        return Plan(
            tenant=tenant, to=f"dev/{device}", issued_at=seq, seq=seq, valid_from=self.valid_from,
            valid_to=self.valid_to, pieces=self.pieces, airings=self.airings, rules=self.rules, stage=self.stage,
            gone=self.gone,
        )  # fmt: skip


def content(
    planned: Iterable[Planned], air: Air, valid_from: int, valid_to: int, stage: int, gone: Sequence[str] = ()
) -> Content:
    """As much as one message holds, what comes first; where something does not fit, the plan ends before it.

    `gone`: SHA-256 in rising order, 64 at most, of sounds to be erased; what is planned is not.
    """
    end = min([valid_to, *_steps(air, valid_from, valid_to)[MOST_CAPS:][:1]])
    coming = sorted((one for one in planned if one.start_at < end), key=lambda one: (one.start_at, one.order))
    needed = {one.sha256 for one in coming}
    erased = tuple(sha256 for sha256 in gone if sha256 not in needed)
    cut = partial(_cut, coming, air, valid_from, end, stage, erased)
    most = _countable(coming)
    if cut(most).size <= MAX_MESSAGE_BYTES:
        return cut(most)
    return cut(bisect_right(range(most), MAX_MESSAGE_BYTES, key=lambda count: cut(count).size) - 1)


def _cut(
    coming: Sequence[Planned], air: Air, valid_from: int, end: int, stage: int, gone: tuple[str, ...], count: int
) -> Content:
    """The first `count` airings, until the next one begins."""
    places: dict[Piece, int] = {}
    for one in coming[:count]:
        places.setdefault(one.piece, len(places))
    airings = tuple(
        Airing(order=one.order, piece=places[one.piece], start_at=one.start_at, instead=one.instead)
        for one in coming[:count]
    )
    valid_to = max(valid_from + 1, min([end, *(one.start_at for one in coming[count : count + 1])]))
    return Content(valid_from, valid_to, tuple(places), airings, rules(air, valid_from, valid_to), stage, gone)


def _countable(coming: Sequence[Planned]) -> int:
    """How many of the airings a plan may name, with their pieces."""
    pieces: set[Piece] = set()
    for count, one in enumerate(coming[:MOST_AIRINGS]):
        pieces.add(one.piece)
        if len(pieces) > MOST_PIECES:
            return count
    return min(len(coming), MOST_AIRINGS)


def rules(air: Air, begin: int, end: int) -> Rules:
    """The rules from `begin` to `end`."""
    midnights = () if air.budget_ms is None else _covering(air.midnights, begin, end)
    percents = dict(air.caps)
    caps = tuple(Cap(at=max(at, begin), percent=percents[at]) for at in _steps(air, begin, end))
    return Rules(caps=caps, budget=air.budget_ms, midnights=midnights)


def _steps(air: Air, begin: int, end: int) -> tuple[int, ...]:
    """When another cap begins to count, as far as it counts from `begin` to `end`."""
    return _covering([at for at, _ in air.caps], begin, end)


def _covering(instants: Iterable[int], begin: int, end: int) -> tuple[int, ...]:
    """The last one at or before `begin`, and all after it before `end`."""
    known = sorted(instants)
    before = [at for at in known if at <= begin]
    return (*before[-1:], *(at for at in known if begin < at < end))
