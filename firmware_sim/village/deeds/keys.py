"""Keys change, and leak."""

from devices.protocol.messages.trust import Role
from devices.protocol.units import MINUTE
from firmware_sim.village.deeds.register import deed
from firmware_sim.village.deeds.stage import Stage


@deed
def rotated(stage: Stage, role: Role, overlap: int) -> None:
    stage.village.rotate(role, overlap=overlap)


@deed
def leaked(stage: Stage, role: Role) -> None:
    """What sounds may fall silent for a moment: cancels are not the only thing on the way."""
    stage.trouble(MINUTE)
    stage.thief.steal(role)
    stage.village.rotate(role, overlap=0)


@deed
def new_root(stage: Stage) -> None:
    stage.village.new_root()


@deed
def thief(stage: Stage, role: Role) -> None:
    stage.thief.everywhere_it_is_known(role)
