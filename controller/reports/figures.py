"""From counted deliveries to the lines of a report. Pure; instants are us UTC."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from controller.deliveries.states import OPEN_WORDS, DeliveryState
from scheduler.recurrence.period import Period

By = Literal["day", "month"]
Per = Literal["area", "programme", "speaker"]
OPEN = "open"
ENDS = tuple(state.value for state in DeliveryState if state.value not in OPEN_WORDS)
COUNTED = (*ENDS, OPEN)
"""What may have become of an airing at a speaker, as reports count it."""


@dataclass(frozen=True)
class Tally:
    """Deliveries of one occurrence in one state that belong to one subject, counted together."""

    start_at: int
    subject: str | None
    """Id of the area, programme or speaker; None: of no programme."""
    emergency: bool
    state: str
    count: int
    planned_ms: int
    heard_ms: int
    first_at: int | None = None
    """First sample that sounded, and last one."""
    last_at: int | None = None


@dataclass
class Figures:
    """An airing at one speaker counts as one."""

    ended: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    planned_ms: int = 0
    heard_ms: int = 0
    first_at: int | None = None
    last_at: int | None = None

    @property
    def planned(self) -> int:
        return sum(self.ended.values())

    @property
    def share(self) -> float | None:
        """Of the planned time, the part that was heard; None where nothing was planned."""
        return round(min(1.0, self.heard_ms / self.planned_ms), 4) if self.planned_ms else None

    def add(self, tally: Tally) -> None:
        self.ended[tally.state if tally.state in ENDS else OPEN] += tally.count
        self.planned_ms += tally.planned_ms
        self.heard_ms += tally.heard_ms
        if tally.first_at is not None:
            self.first_at = min(tally.first_at, self.first_at or tally.first_at)
        if tally.last_at is not None:
            self.last_at = max(tally.last_at, self.last_at or tally.last_at)


@dataclass(frozen=True)
class Line:
    """One subject on one day or in one month. Emergencies have lines of their own."""

    day: date
    subject: str | None
    name: str
    emergency: bool
    figures: Figures


def lines(tallies: Iterable[Tally], period: Period, by: By, names: Mapping[str | None, str]) -> list[Line]:
    """By day, airings before emergencies, then by name; a subject without a name shows its id."""
    found: dict[tuple[date, bool, str | None], Figures] = {}
    days: dict[int, date] = {}
    for tally in tallies:
        if tally.start_at not in days:
            days[tally.start_at] = _day(tally.start_at, period, by)
        key = (days[tally.start_at], tally.emergency, tally.subject)
        found.setdefault(key, Figures()).add(tally)
    made = [
        Line(day, subject, names.get(subject, subject or ""), emergency, figures)
        for (day, emergency, subject), figures in found.items()
    ]
    return sorted(made, key=lambda line: (line.day, line.emergency, line.name, line.subject or ""))


def _day(at: int, period: Period, by: By) -> date:
    """The day of an instant, or the first day of its month."""
    day = period.wall(at).date()
    return day.replace(day=1) if by == "month" else day
