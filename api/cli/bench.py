"""`loa bench`: measures, each beside its raw limit of the same run."""

from collections.abc import Mapping
from typing import Any, Literal

from api.cli.screen import log_to_stderr, result, result_json


def bench_audio(minutes: int, as_json: bool) -> None:
    from controller.audio.benchmark import bench_audio as measure

    _tell(measure(minutes), as_json)


def bench_alert(speakers: int, alerts: int, as_json: bool) -> None:
    from api.cli.bench_alert import bench_alert as measure

    log_to_stderr(as_json=as_json, level=30)
    _tell(measure(speakers, alerts), as_json)


def bench_fleet(speakers: int, broker: Literal["embedded", "mosquitto"], rest_s: float, as_json: bool) -> None:
    from api.cli.bench_fleet import bench_fleet as measure

    log_to_stderr(as_json=as_json, level=30)
    _tell(measure(speakers, broker, rest_s), as_json)


def _tell(figures: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        result_json(figures)
        return
    for name, value in figures.items():
        result(f"{name:32} {value}")
