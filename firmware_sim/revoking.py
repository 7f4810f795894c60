"""What a speaker believed because of a key that the trust set names no more.

Plans and orders that have not begun are forgotten, as if never heard of; what has begun stays silent until a trusted
key says the same; a configuration stays, but its number counts no longer; the time is asked for anew.
"""

from dataclasses import dataclass

from firmware_sim.clock import Clock
from firmware_sim.conductor import Conductor
from firmware_sim.configuration import Configuration
from firmware_sim.entries import AlertEntry, AnyEntry, PlayEntry
from firmware_sim.fetcher import Fetcher
from firmware_sim.memory import Memory
from firmware_sim.plan import HeldPlan
from firmware_sim.trusted import Trusted


@dataclass(frozen=True)
class Lost:
    """What was given up."""

    config: bool
    plan: bool
    orders: bool
    time: bool

    @property
    def anything(self) -> bool:
        return self.config or self.plan or self.orders or self.time


class Revoking:
    def __init__(
        self,
        trusted: Trusted,
        configuration: Configuration,
        plan: HeldPlan,
        memory: Memory,
        conductor: Conductor,
        fetcher: Fetcher,
        clock: Clock,
    ) -> None:
        self._trusted = trusted
        self._configuration = configuration
        self._plan = plan
        self._memory = memory
        self._conductor = conductor
        self._fetcher = fetcher
        self._clock = clock

    def revoke(self, mono: int) -> Lost:
        """After a newer trust set, and at power-up: doing it twice changes nothing."""
        orders = self._doubt_orders(mono)
        plan = self._plan.seq > 0 and not self._trusted.names(self._plan.by)
        if plan:
            self._plan.drop()
            self._memory.named = frozenset()
        config = self._configuration.seq > 0 and not self._trusted.names(self._configuration.by)
        if config:
            self._configuration.doubt()
        time = self._clock.floor > 0 and not self._trusted.names(self._clock.by)
        if time:
            self._clock.forget()
        self._fetcher.doubt(self._trusted.names, mono)
        return Lost(config, plan, orders, time)

    def _doubt_orders(self, mono: int) -> bool:
        gone = [entry for entry in self._memory.known() if not (entry.doubted or self._trusted.names(self._by(entry)))]
        for entry in gone:
            if _leaves_a_trace(entry):
                self._memory.put(entry.model_copy(update={"doubted": True}))
            else:
                self._memory.drop(entry.key)
        self._conductor.doubt(mono)
        for entry in gone:
            known = self._memory.get(entry.key)
            if known is not None and not _leaves_a_trace(known):
                self._memory.drop(entry.key)
        return bool(gone)

    def _by(self, entry: AnyEntry) -> str:
        """An airing hangs on the plan that names it."""
        return self._plan.by if entry.key in self._memory.named else entry.by


def _leaves_a_trace(entry: AnyEntry) -> bool:
    """Whether it has sounded, is about to, or has ended: then it must not come a second time."""
    return isinstance(entry, PlayEntry | AlertEntry) and (entry.started or entry.end is not None)
