"""The controller and the broker die and return."""

from devices.protocol.units import MINUTE, SECOND
from firmware_sim.village.deeds.register import deed
from firmware_sim.village.deeds.stage import Stage
from firmware_sim.village.desk import Killed


@deed
def kill(stage: Stage, counted: int, when: str) -> None:
    """The controller's process dies at its n-th publish from now, before or after it left; of two, the one that said
    it."""
    left = counted

    def count(_topic: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            stage.trouble(MINUTE)
            disarm(stage, when)
            raise Killed

    for desk in stage.village.desks:
        setattr(desk, f"{when}_publish", count)


def disarm(stage: Stage, *points: str) -> None:
    """No controller dies at these fail points."""
    for desk in stage.village.desks:
        for when in points:
            setattr(desk, f"{when}_publish", lambda _topic: None)


@deed
def broker_dies(stage: Stage) -> None:
    stage.trouble(10 * MINUTE)
    stage.village.broker_dies()


@deed
def broker_returns(stage: Stage) -> None:
    stage.trouble(MINUTE)
    if not stage.village.broker.up:
        stage.village.broker_returns()


@deed
def rival(stage: Stage) -> None:
    """A second controller is started on the same database; once there, the one that works is killed."""
    stage.trouble(9 * MINUTE)
    if stage.village.rival is None:
        stage.village.second_controller(2 * MINUTE)
    else:
        working = next((desk for desk in stage.village.desks if desk.works), None)
        if working is not None:
            working.kill(stage.dice.randrange(5 * SECOND, 6 * MINUTE))
