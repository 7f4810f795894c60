"""A speaker's own clock in a simulation: it started at another moment, and it does not run quite right."""

from dataclasses import dataclass

from firmware_sim.ports import Chance

WORST_PPB = 50_000
"""Parts per billion that a crystal may be off."""


@dataclass(frozen=True)
class Crystal:
    """`mono` counts us from `born` (the machine's monotonic us), too fast by `ppb` parts per billion."""

    born: int
    start: int
    ppb: int

    def mono(self, real: int) -> int:
        """The speaker's monotonic instant at the machine's `real`, us."""
        passed = real - self.born
        return self.start + passed + passed * self.ppb // 1_000_000_000

    def real(self, mono: int) -> int:
        """The machine's monotonic instant, us; never before the speaker's clock shows `mono`."""
        passed = (mono - self.start) * 1_000_000_000
        return self.born - (-passed // (1_000_000_000 + self.ppb))


def draw_crystal(born: int, chance: Chance) -> Crystal:
    """A crystal as it comes out of a box, at power-up."""
    return Crystal(born, int(chance.uniform(1, 100) * 1_000_000), int(chance.uniform(-WORST_PPB, WORST_PPB)))
