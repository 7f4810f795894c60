"""`loa bench`: measures, each beside its raw limit of the same run."""

from controller.audio.benchmark import bench_audio as measure_audio

from api.cli.screen import result, result_json


def bench_audio(minutes: int, as_json: bool) -> None:
    figures = measure_audio(minutes)
    if as_json:
        result_json(figures)
        return
    for name, value in figures.items():
        result(f"{name:32} {value}")
