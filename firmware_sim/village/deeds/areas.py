"""Changes of the areas and of the speakers in them."""

from firmware_sim.village.deeds.register import deed
from firmware_sim.village.deeds.stage import Stage


@deed
def merged(stage: Stage, how: str) -> None:
    """The two communes become one: a `new` one, the `first` one, or one within which they are `kept`."""
    stage.village.units.merge(keep=how == "kept", into_first=how == "first")


@deed
def handed_over(stage: Stage, place: int) -> None:
    stage.village.units.hand_over(place % len(stage.village.hamlets))


@deed
def resettled(stage: Stage, pole: int, place: int) -> None:
    device = stage.village.poles[pole].identity.device
    stage.village.units.resettle(device, place % len(stage.village.hamlets))
