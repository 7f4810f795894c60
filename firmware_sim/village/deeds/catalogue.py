"""All deeds, and the one that mends what others broke."""

from firmware_sim.village.deeds import areas, boxes, calendar, control, keys, lies, office, speakers
from firmware_sim.village.deeds.register import DEEDS
from firmware_sim.village.deeds.stage import Stage

__all__ = ["DEEDS", "areas", "boxes", "calendar", "control", "heal", "keys", "lies", "office", "speakers"]


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
