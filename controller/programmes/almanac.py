"""Makes the timetable whenever something that it depends on has changed, and every half-day."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlmodel import Session

from controller.broadcast.erasing import gone_sounds
from controller.leadership import Leadership
from controller.programmes.missed import note_missed, overlooked
from controller.programmes.plans import Edition, Plans
from controller.programmes.reading import Situation, situation
from controller.programmes.timetable import AHEAD, Made, horizon, make_orders
from scheduler.air.timeline import Air
from scheduler.models import Timetable
from scheduler.planner.planning import plan

log = structlog.get_logger()


@dataclass
class Almanac:
    """The tables are read and planned without holding anybody up; only the changes are written in one piece."""

    leadership: Leadership
    plans: Plans
    new_id: Callable[[], str]
    told: Edition | None = None
    made: bool = False
    """Whether this process has made one: rules of the air are handed on in memory."""

    def do_once(self, now: int) -> bool:
        """Make the timetable if that is due; whether it was."""
        if not self.leadership.holds(now):
            return False
        with self.leadership.read() as session:
            known = session.get(Timetable, 1) or Timetable()
            if not self._is_due(known, now):
                return False
            state = situation(session, now, horizon(now), now)
            missed = overlooked(session, known.until, now)
            gone = gone_sounds(session, now)
        outcome = plan(state.entries, state.taken, state.airs, state.decisions)
        with self.leadership.write() as session:
            change = make_orders(session, state, outcome.slots, now, self.new_id)
            note_missed(session, missed, now, self.new_id)
            self._book(session, known, now)
        log.info("timetable_made", ordered=change.ordered, withdrawn=change.withdrawn, silences=len(outcome.silences))
        self._tell(Edition(now, airs_of(state), gone), change)
        self.made = True
        return True

    def _tell(self, edition: Edition, change: Made) -> None:
        """Plans are made anew where something in them may have changed: a single order changes none."""
        before, self.told = self.told, edition
        if before is None or change.any or before.basis != edition.basis:
            self.plans.tell(edition)

    def next_wakeup(self, session: Session, now: int) -> int:
        """When the next half-day is to be planned; now where something waits."""
        if not self.leadership.holds(now):
            return self.leadership.next_wakeup()
        known = session.get(Timetable, 1) or Timetable()
        return now if self._is_due(known, now) else known.until - AHEAD + 1

    def _is_due(self, known: Timetable, now: int) -> bool:
        return not self.made or known.wanted != known.planned or now + AHEAD > known.until

    def _book(self, session: Session, known: Timetable, now: int) -> None:
        row = session.get(Timetable, 1) or Timetable()
        row.planned, row.until = known.wanted, horizon(now)
        session.add(row)


def airs_of(state: Situation) -> dict[str, Air]:
    """The rules at each speaker."""
    return {speaker: air for group, air in zip(state.hearers, state.airs, strict=True) for speaker in group.speakers}
