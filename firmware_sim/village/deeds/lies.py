"""A broker or a line that lies."""

from firmware_sim.village.deeds.register import deed
from firmware_sim.village.deeds.stage import Stage


@deed
def forge(stage: Stage, said: str, kind: str, place: int) -> None:
    stage.hostility.forge(said, kind, place, stage.dice)


@deed
def replay(stage: Stage, count: int) -> None:
    stage.hostility.replay(count, stage.dice)


@deed
def remember(stage: Stage) -> None:
    stage.hostility.remember()


@deed
def roll_back(stage: Stage) -> None:
    stage.hostility.roll_back()


@deed
def disorder(stage: Stage, share: float, held: int, span: int) -> None:
    """For `span` us this share of all messages is doubled, held back up to `held` us, or both."""
    stage.trouble(span + held)
    stage.hostility.disorder(share, held, span)


@deed
def tamper(stage: Stage, share: float, span: int) -> None:
    """For `span` us a bit is turned in this share of all pieces of audio."""
    stage.hostility.tamper(share, span)
