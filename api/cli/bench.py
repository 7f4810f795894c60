"""`loa bench`: measures, each beside its raw limit of the same run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from api.cli.refusals import in_words
from api.cli.screen import log_to_stderr, result, result_json


def bench_audio(minutes: int, as_json: bool) -> None:
    from controller.audio.benchmark import bench_audio as measure

    _tell(measure(minutes), as_json)


def bench_audit(lines: int, as_json: bool) -> None:
    from controller.people.benchmark import bench_audit as measure

    _tell(measure(lines), as_json)


def bench_alert(speakers: int, alerts: int, as_json: bool) -> None:
    from api.cli.bench_alert import bench_alert as measure

    log_to_stderr(as_json=as_json, level=30)
    _tell(measure(speakers, alerts), as_json)


def bench_fleet(speakers: int, broker: Literal["embedded", "mosquitto"], rest_s: float, as_json: bool) -> None:
    from api.cli.bench_fleet import bench_fleet as measure

    log_to_stderr(as_json=as_json, level=30)
    _tell(measure(speakers, broker, rest_s), as_json)


def bench_plan(speakers: int, programmes: int, days: int, as_json: bool) -> None:
    from controller.programmes.benchmark import bench_plan as measure

    _tell(measure(speakers, programmes, days), as_json)


def bench_sync(model: Path | None, speakers: int, seed: int, as_json: bool) -> None:
    from firmware_sim.radio.model import RadioModel
    from firmware_sim.radio.skew import bench_sync as measure

    with in_words():
        read = RadioModel.read(model)
    cases = measure(read, speakers, seed)
    told = {"model": str(model or "shipped"), "speakers": speakers, "seed": seed}
    _tell(told | ({"cases": cases} if as_json else cases), as_json)


def _tell(figures: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        result_json(figures)
        return
    for name, value in figures.items():
        result(f"{name:32} {_in_a_line(value) if isinstance(value, Mapping) else value}")


def _in_a_line(figures: Mapping[str, Any]) -> str:
    return "  ".join(f"{name} {value}" for name, value in figures.items() if value is not None)
