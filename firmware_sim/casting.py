"""What an order or alert would sound next, and who goes before whom: pure, on values and the shelf's content.

Instants are us UTC, lengths us.
"""

from collections.abc import Container
from dataclasses import dataclass

from devices.protocol.units import MILLI
from firmware_sim import alerts, orders, permits
from firmware_sim.airrules import AirRules
from firmware_sim.alerts import Lengths
from firmware_sim.entries import AlertEntry, PartName, PlayEntry, Why

Active = PlayEntry | AlertEntry
RANKS = {"normal": 1, "priority": 2}
ALERT_RANK = 3


@dataclass(frozen=True)
class Proposal:
    """A stretch that would sound next."""

    part: PartName
    repeat: int
    sha256: str
    volume: int
    """Percent."""
    at: int
    """First sample."""
    offset: int
    """Where in the blob it begins."""
    length: int
    """How long it is if nothing interrupts it."""
    full: int
    """How long its part is from beginning to end."""
    position: int = 0
    """Where on a bulletin's timeline it begins."""
    origin: int | None = None
    resumed: bool = False
    restart: bool = False
    until_silence: bool = False
    """Whether it ends where silence begins."""

    @property
    def why(self) -> Why:
        """Why it ends if nothing interrupts it."""
        if self.offset + self.length >= self.full - MILLI:
            return "finished"
        return "quiet_hours" if self.until_silence else "expired"


def rank(entry: Active) -> int:
    return ALERT_RANK if isinstance(entry, AlertEntry) else RANKS[entry.play.rank]


def precedence(entry: Active, held: Container[str]) -> tuple[int, bool, bool, int, str]:
    """Sorts who is asked first: rank, an alert between tone and speech, the one that has started, its time."""
    mid_cycle = isinstance(entry, AlertEntry) and alerts.in_mid_cycle(entry, held)
    return -rank(entry), not mid_cycle, not entry.started, planned_start(entry), entry.order


def planned_start(entry: Active) -> int:
    return entry.play.start_at if isinstance(entry, PlayEntry) else entry.alert.start_at


def deadline(entry: Active, trim: int, air: AirRules, now: int) -> int:
    """When its end must be decided, whatever else happens."""
    if isinstance(entry, AlertEntry):
        return entry.expires_at
    if entry.started:
        return orders.over_at(entry, trim)
    latest = min(orders.latest_start(entry.play, trim) + 1, entry.expires_at)
    return min(latest, permits.asked_at(entry, trim, air, now))


def propose_bulletin(entry: PlayEntry, earliest: int, trim: int, cap: int, air: AirRules) -> Proposal | None:
    """The next stretch of a bulletin, not before `earliest`; `cap`: loudest volume that is configured, %."""
    span = permits.allowed_span(entry, trim, earliest, air)
    if span is None:
        return None
    play, silent = entry.play, air.silent_from(span.at)
    return Proposal(
        part="body",
        repeat=span.repeat,
        sha256=play.sha256,
        volume=min(play.volume, cap, air.volume(span.at, span.until)),
        at=span.at,
        offset=span.offset,
        length=span.until - span.at + (MILLI - 1 if span.until < min(play.expires_at, silent) else 0),
        full=play.duration * MILLI,
        position=span.at - span.origin,
        origin=span.origin,
        until_silence=span.until == silent,
        resumed=entry.started and span.offset > 0,
    )


def propose_part(
    entry: AlertEntry, earliest: int, trim: int, held: Container[str], lengths: Lengths
) -> Proposal | None:
    """The next part of an alert, not before `earliest`; no cap on its volume."""
    alert = entry.alert
    part = alerts.next_part(entry, held)
    if part is None:
        return None
    at = max(earliest, alerts.starts_at(alert, part, lengths) + trim)
    full = lengths.tone if part.part == "tone" else lengths.speech
    length = min(full, alert.expires_at - at)
    if length < min(orders.SLIVER, full):
        return None
    return Proposal(
        part=part.part,
        repeat=part.cycle,
        sha256=part.sha256,
        volume=alert.volume,
        at=at,
        offset=0,
        length=length,
        full=full,
        restart=part.restart,
    )
