"""What one speaker's plan says: its airings, each kind of them once, and the rules of the air that bind it. Pure."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from devices.protocol.json_text import canonical
from devices.protocol.messages.orders import Rank
from devices.protocol.messages.plans import Airing, Cap, Piece, Plan, Rules
from devices.protocol.units import MILLI
from scheduler.air.timeline import Air

MOST_AIRINGS = 256
MOST_PIECES = 128


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

    @property
    def digest(self) -> str:
        said = [part.model_dump(mode="json") for part in (*self.pieces, *self.airings, self.rules)]
        return hashlib.sha256(canonical({"said": said, "until": self.valid_to, "stage": self.stage})).hexdigest()

    def addressed(self, tenant: str, device: str, seq: int) -> Plan:
        """The message for one speaker; the same number has the same bytes every time."""
        return Plan(
            tenant=tenant, to=f"dev/{device}", issued_at=seq, seq=seq, valid_from=self.valid_from,
            valid_to=self.valid_to, pieces=self.pieces, airings=self.airings, rules=self.rules, stage=self.stage,
        )  # fmt: skip


def content(planned: Iterable[Planned], air: Air, valid_from: int, valid_to: int, stage: int) -> Content:
    """The airings that come first, as many as a plan holds."""
    places: dict[Piece, int] = {}
    airings: list[Airing] = []
    for one in sorted(planned, key=lambda one: (one.start_at, one.order)):
        piece = one.piece
        if len(airings) == MOST_AIRINGS or (piece not in places and len(places) == MOST_PIECES):
            break
        place = places.setdefault(piece, len(places))
        airings.append(Airing(order=one.order, piece=place, start_at=one.start_at, instead=one.instead))
    return Content(valid_from, valid_to, tuple(places), tuple(airings), rules(air, valid_from, valid_to), stage)


def rules(air: Air, begin: int, end: int) -> Rules:
    """The rules from `begin` to `end`."""
    midnights = () if air.budget_ms is None else _covering(air.midnights, begin, end)
    steps = _covering([at for at, _ in air.caps], begin, end)
    percents = dict(air.caps)
    return Rules(
        caps=tuple(Cap(at=max(at, begin), percent=percents[at]) for at in steps), budget=air.budget_ms,
        midnights=midnights,
    )  # fmt: skip


def _covering(instants: Iterable[int], begin: int, end: int) -> tuple[int, ...]:
    """The last one at or before `begin`, and all after it before `end`."""
    known = sorted(instants)
    before = [at for at in known if at <= begin]
    return (*before[-1:], *(at for at in known if begin < at < end))
