"""The rules of the air at this speaker's place: how loud, when silent, how much a day. Pure; instants are us UTC.

They bind every sound below an alert, whether a plan or an order asks for it.
"""

from bisect import bisect_right
from dataclasses import dataclass

from devices.protocol.messages.plans import Plan
from devices.protocol.units import MILLI, YEAR_2100

NEVER = YEAR_2100


@dataclass(frozen=True)
class AirRules:
    levels: tuple[tuple[int, int], ...]
    """From when, and how loud it may be then, %; 0 is silence. The first one counts before its time, too."""
    runs_out: int = NEVER
    """From here on all is silence, because no newer plan has come."""
    budget: int | None = None
    """Most sound from one midnight to the next, us; None: no limit."""
    midnights: tuple[int, ...] = ()

    def cap(self, at: int) -> int:
        """Loudest volume at an instant, %."""
        return self.levels[self._step(at)][1] if at < self.runs_out else 0

    def silent_from(self, at: int) -> int:
        """The first instant from `at` on at which nothing may sound; NEVER if there is none."""
        if self.cap(at) == 0:
            return at
        later = self.levels[self._step(at) + 1 :]
        return min(next((begin for begin, percent in later if percent == 0), NEVER), self.runs_out)

    def open_from(self, at: int) -> int | None:
        """The first instant from `at` on at which something may sound; None if there is none."""
        if self.cap(at):
            return at
        later = self.levels[self._step(at) + 1 :]
        return next((begin for begin, percent in later if percent and begin < self.runs_out), None)

    def volume(self, begin: int, until: int) -> int:
        """What is allowed all the time between two instants, silences apart, %."""
        steps = self.levels[self._step(begin) : self._step(until - 1) + 1]
        return min((percent for _, percent in steps if percent), default=0)

    def silence(self, at: int) -> str:
        """Why it is silent at an instant at which it is."""
        return "plan_over" if at >= self.runs_out else "quiet_hours"

    def day(self, at: int) -> tuple[int, int]:
        """The midnights before and after an instant."""
        number = bisect_right(self.midnights, at)
        return (0, *self.midnights)[number], (*self.midnights, NEVER)[number]

    def _step(self, at: int) -> int:
        return max(0, bisect_right(self.levels, at, key=lambda level: level[0]) - 1)


UNBOUND = AirRules(levels=((0, 100),))
"""Before the first plan there is no rule."""


def rules_of(plan: Plan) -> AirRules:
    rules = plan.rules
    return AirRules(
        levels=tuple((cap.at, cap.percent) for cap in rules.caps),
        runs_out=plan.valid_to,
        budget=None if rules.budget is None else rules.budget * MILLI,
        midnights=rules.midnights,
    )
