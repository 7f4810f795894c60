"""The village on which a history is played, and what the office was told in it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from devices.protocol.units import SECOND
from firmware_sim import runtime
from firmware_sim.judge.records import Accepted
from firmware_sim.runtime import Dice
from firmware_sim.village.deeds.register import DEEDS
from firmware_sim.village.happenings import Happening
from firmware_sim.village.hostility import Hostility
from firmware_sim.village.pole import Pole
from firmware_sim.village.thief import Thief
from firmware_sim.village.village import Village

TAIL = 5 * SECOND
"""How long after it ended a fault may still delay something: a speaker connects again, us."""


@dataclass
class Stage:
    """A village on which a history is played."""

    village: Village
    hostility: Hostility
    thief: Thief = field(init=False)
    dice: Dice = field(default_factory=lambda: runtime.dice(0))
    """Of the happening that is being played: dropping another one changes nothing here."""
    orders: dict[int, Accepted] = field(default_factory=dict)
    called: dict[str, frozenset[str]] = field(default_factory=dict)
    """For each alert the speakers that nothing kept from hearing it when it was raised."""
    programmes: dict[int, str] = field(default_factory=dict)
    refused: int = 0
    """Orders that the office was told no about."""
    cuts: int = 0
    """Links that broke and came back by themselves."""
    troubled: list[tuple[int, int]] = field(default_factory=list)
    """From and to when something stood in everybody's way, us."""

    def __post_init__(self) -> None:
        self.thief = Thief(self.village)

    def play(self, happening: Happening, dice: Dice) -> None:
        self.dice = dice
        DEEDS[happening.deed](self, *happening.of)

    def hearing(self) -> frozenset[str]:
        """Speakers that nothing keeps from hearing what is said now."""
        village = self.village
        if not (village.desk.up and village.broker.up):
            return frozenset()
        return frozenset(pole.identity.device for pole in village.poles if pole.hears)

    def poles(self, numbers: Iterable[int]) -> list[Pole]:
        return [self.village.poles[number] for number in numbers]

    def trouble(self, span: int, poles: Iterable[Pole] | None = None) -> None:
        """From now on for `span` us nobody may count on these poles; None: on none of them."""
        interval = self.village.time.now, self.village.time.now + span + TAIL
        if poles is None:
            self.troubled.append(interval)
            return
        for pole in poles:
            pole.troubles.append(interval)

    def target(self, part: str, place: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Areas and speakers of `all`, one `commune`, one `hamlet`, or `some` speakers of one."""
        village = self.village
        if part == "commune":
            return (village.communes[place % 2],), ()
        hamlet = [pole.identity.device for pole in village.hamlets[place % len(village.hamlets)]]
        if part == "hamlet":
            return (village.places[place % len(village.places)],), ()
        if part == "some":
            return (), tuple(hamlet[: 1 + place % len(hamlet)])
        return (village.province,), ()
