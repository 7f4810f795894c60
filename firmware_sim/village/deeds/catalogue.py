"""All deeds, and the one that mends what others broke."""

from inspect import signature

from firmware_sim.errors import UnknownDeed
from firmware_sim.village.deeds import areas, boxes, calendar, control, keys, lies, office, speakers
from firmware_sim.village.deeds.register import DEEDS
from firmware_sim.village.deeds.stage import Stage
from firmware_sim.village.happenings import Happening

__all__ = ["DEEDS", "areas", "boxes", "calendar", "control", "heal", "keys", "known", "lies", "office", "speakers"]


def known(happenings: tuple[Happening, ...]) -> tuple[Happening, ...]:
    """The same; UnknownDeed for a word that is none, or with too little or too much behind it."""
    for one in happenings:
        try:
            signature(DEEDS[one.deed]).bind(None, *one.of)
        except (KeyError, TypeError) as error:
            raise UnknownDeed(deed=one.deed, of=len(one.of)) from error
    return happenings


def heal(stage: Stage) -> None:
    """Every fault is mended."""
    everybody = tuple(range(len(stage.village.poles)))
    stage.hostility.peace()
    control.disarm(stage, "before", "after")
    control.broker_returns(stage)
    boxes.repaired(stage, everybody)
    speakers.power_back(stage, everybody)
    speakers.flash_well(stage, everybody)
    for pole in stage.village.poles:
        pole.mend_line()
    speakers.radio_back(stage, everybody)
