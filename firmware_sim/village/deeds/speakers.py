"""Radio, power, clock and flash of some speakers."""

from devices.protocol.units import HOUR, MINUTE
from firmware_sim.village.deeds.register import deed
from firmware_sim.village.deeds.stage import TAIL, Stage


@deed
def radio_lost(stage: Stage, poles: tuple[int, ...]) -> None:
    stage.trouble(TAIL, stage.poles(poles))
    for pole in stage.poles(poles):
        pole.lose_network()


@deed
def radio_back(stage: Stage, poles: tuple[int, ...]) -> None:
    stage.trouble(TAIL, stage.poles(poles))
    for pole in stage.poles(poles):
        pole.find_network()


@deed
def faded(stage: Stage, poles: tuple[int, ...], span: int) -> None:
    """Each link breaks, and is back after `span`: what the radio model calls a cut."""
    stage.trouble(span + TAIL, stage.poles(poles))
    stage.cuts += len(poles)
    for pole in stage.poles(poles):
        pole.fade(span)


@deed
def silent(stage: Stage, poles: tuple[int, ...], span: int) -> None:
    """Connected as it seems, but nothing passes."""
    stage.trouble(span + MINUTE, stage.poles(poles))
    for pole in stage.poles(poles):
        pole.fall_silent(span)


@deed
def power_lost(stage: Stage, poles: tuple[int, ...]) -> None:
    for pole in stage.poles(poles):
        pole.mains(0)


@deed
def power_back(stage: Stage, poles: tuple[int, ...], level: float = 1.0) -> None:
    stage.trouble(MINUTE, stage.poles(poles))
    for pole in stage.poles(poles):
        pole.mains(level)


@deed
def drift(stage: Stage, poles: tuple[int, ...], ppm: float) -> None:
    """The crystals run wrong by so much from now on."""
    for pole in stage.poles(poles):
        pole.quartz.run_at(stage.village.time.now, ppm)


@deed
def warmed(stage: Stage, poles: tuple[int, ...], ppm: float) -> None:
    """The crystals run faster by so much from now on."""
    for pole in stage.poles(poles):
        pole.quartz.warmed(stage.village.time.now, ppm)


@deed
def clock_jumped(stage: Stage, poles: tuple[int, ...], by: int) -> None:
    """The crystals count `by` us more at once, where somebody can be asked what time it is and nothing sounds: the
    amplifier counts by the same crystal, and a clock that nobody can put right goes on wrong."""
    stage.trouble(MINUTE, stage.poles(poles))
    hearing = stage.hearing()
    for pole in stage.poles(poles):
        if pole.identity.device in hearing and pole.speaker is not None and pole.speaker.playing is None:
            pole.clock_jumps(by)


@deed
def reboot(stage: Stage, poles: tuple[int, ...]) -> None:
    """Without a battery a clock begins anew: anywhere, and the speaker must not care."""
    stage.trouble(MINUTE, stage.poles(poles))
    for pole in stage.poles(poles):
        if pole.speaker is None:
            continue
        pole.power_cut()
        pole.quartz.restart(stage.village.time.now, stage.dice.choice((0, stage.dice.randrange(10**12))))
        pole.power_up()


@deed
def flash_full(stage: Stage, poles: tuple[int, ...]) -> None:
    for pole in stage.poles(poles):
        pole.flash.fill()


@deed
def flash_slow(stage: Stage, poles: tuple[int, ...], slowness: float) -> None:
    stage.trouble(HOUR, stage.poles(poles))
    for pole in stage.poles(poles):
        pole.flash.slow_down(slowness)


@deed
def flash_rot(stage: Stage, poles: tuple[int, ...]) -> None:
    """A bit of a stored sound turns over."""
    for pole in stage.poles(poles):
        held = sorted(pole.flash.held().items())
        if held:
            sha256, size = stage.dice.choice(held)
            pole.flash.rot(sha256, stage.dice.randrange(8 * size))


@deed
def flash_torn(stage: Stage, poles: tuple[int, ...], size: int) -> None:
    """The power goes after so many more bytes written, and comes back a little later."""
    stage.trouble(10 * MINUTE, stage.poles(poles))
    for pole in stage.poles(poles):
        pole.flash.die_in(size)


@deed
def flash_well(stage: Stage, poles: tuple[int, ...]) -> None:
    for pole in stage.poles(poles):
        pole.flash.lose_room(0)
        pole.flash.slow_down(0)
        pole.flash.die_in(None)
        pole.revive()
