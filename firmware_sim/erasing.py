"""What the plan calls gone leaves the flash: at once, or when the last order or alert that names it has ended.

Nothing is noted of it: after a power cut the plan in flash still says what must not be there.
"""

from firmware_sim.configuration import Configuration
from firmware_sim.flash import Flash
from firmware_sim.memory import Memory
from firmware_sim.plan import HeldPlan
from firmware_sim.wants import named


class Erasing:
    def __init__(self, held: HeldPlan, memory: Memory, configuration: Configuration, flash: Flash) -> None:
        self._held = held
        self._memory = memory
        self._configuration = configuration
        self._flash = flash

    def erase(self) -> None:
        """Drop what may go, parts of it too; wanted whenever something has ended."""
        for sha256 in self._unneeded():
            if sha256 in self._flash.held():
                self._flash.drop(sha256)

    def done(self) -> list[str]:
        """Of what the plan calls gone, what is not here and will not be fetched again."""
        return [sha256 for sha256 in self._unneeded() if sha256 not in self._flash.held()]

    def _unneeded(self) -> list[str]:
        gone = self._held.plan.gone if self._held.plan else ()
        needed = named(self._memory.active()).union(self._configuration.clips) if gone else set()
        return [sha256 for sha256 in gone if sha256 not in needed]
