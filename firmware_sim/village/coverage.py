"""How a village's speakers are reached: by which operator, in which cell."""

from firmware_sim import runtime
from firmware_sim.radio.model import RadioModel
from firmware_sim.radio.radio import Radio

OTHER_OPERATOR = 0.2
"""Share of the speakers with a card of another operator; assumed."""
CONGESTED = 0.1
"""Share of the hamlets whose cell is congested; assumed."""


def link(model: RadioModel, seed: int, device: str, hamlet: int) -> Radio:
    """One speaker's way to the mast; the cell is the hamlet's."""
    congested = runtime.dice(f"{seed}/cell/{hamlet}").random() < CONGESTED
    dice = runtime.dice(f"{seed}/radio/{device}")
    return Radio(model, dice, operator=int(dice.random() < OTHER_OPERATOR), congested=congested)
