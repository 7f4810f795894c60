"""What breaks in the boxes of some speakers, or runs dry; poles without a box of a make stay as they are.

What a horn, a line or a relay makes of a sound is no promise of the controller: "played" says what was sent to the
amplifier. That nothing came out is told by the speaker itself, by its microphone and its amplifier's word.
"""

from firmware_sim.village.deeds.register import deed
from firmware_sim.village.deeds.speakers import power_back
from firmware_sim.village.deeds.stage import Stage


@deed
def brown_out(stage: Stage, poles: tuple[int, ...], level: float) -> None:
    """The mains sag to this share of what they should be."""
    power_back(stage, poles, level)


@deed
def broken(stage: Stage, poles: tuple[int, ...], fault: str) -> None:
    """As `hardware.fail` has it."""
    for pole in stage.poles(poles):
        if pole.hardware:
            pole.hardware.advance(stage.village.time.now)
            pole.hardware.fail(fault)
            pole.watch_power()


@deed
def drained(stage: Stage, poles: tuple[int, ...], charge: float) -> None:
    """So much is left in the batteries, 0 to 1."""
    for pole in stage.poles(poles):
        if pole.hardware:
            pole.hardware.advance(stage.village.time.now)
            pole.hardware.refill(charge)
            pole.watch_power()


@deed
def repaired(stage: Stage, poles: tuple[int, ...]) -> None:
    """Somebody climbed the poles, with a charged battery."""
    for pole in stage.poles(poles):
        if pole.hardware:
            pole.hardware.advance(stage.village.time.now)
            pole.hardware.repair()
            pole.hardware.refill(1.0)
            pole.watch_power()


@deed
def chip_wrong(stage: Stage, poles: tuple[int, ...], by: int) -> None:
    """Their clock chips show so much more; nothing in a speaker may believe them."""
    for pole in stage.poles(poles):
        if pole.hardware:
            pole.hardware.jump_chip(by, stage.village.time.now)
