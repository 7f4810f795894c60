"""What the office asks for at once: broadcasts and alerts, and that they end."""

from controller.errors.base import LoaError
from devices.protocol.units import SECOND
from firmware_sim.village.deeds.register import deed
from firmware_sim.village.deeds.stage import Stage


@deed
def order(
    stage: Stage, number: int, seconds: float, ahead: float, part: str, place: int, pitch: float, late_ms: int,
    repeats: int,
) -> None:  # fmt: skip
    areas, devices = stage.target(part, place)
    start = stage.village.time.now + int(ahead * SECOND) if ahead else None
    try:
        stage.orders[number] = stage.village.broadcast(
            seconds, areas, pitch, devices, start_at=start, max_late_ms=late_ms, repeats=repeats
        )
    except LoaError:
        stage.refused += 1


@deed
def stop(stage: Stage, number: int) -> None:
    if number in stage.orders:
        stage.village.stop(stage.orders[number], stage.hearing())


@deed
def alert(stage: Stage, number: int, minutes: float, speech: float | None, part: str, place: int, repeats: int) -> None:
    areas, _ = stage.target(part, place)
    try:
        called = stage.village.alert(minutes, speech, repeats, areas)
    except LoaError:
        stage.refused += 1
        return
    stage.orders[number] = called
    stage.called[called.order] = called.targets & stage.hearing()


@deed
def cancel(stage: Stage, number: int) -> None:
    if number in stage.orders:
        stage.village.cancel(stage.orders[number], stage.hearing())
