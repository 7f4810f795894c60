"""`loa bench ...`: each command is a door; what is behind it is imported when it opens."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.options import Json

bench = typer.Typer(no_args_is_help=True, help="Measure, each beside its raw limit.")


@bench.command("audit")
def bench_audit(
    lines: Annotated[int, typer.Option(min=100, max=1_000_000, help="How many lines.")] = 5_000, as_json: Json = False
) -> None:
    """What a line in the audit chain costs, beside a bare insert of the same row."""
    from api.cli.bench import bench_audit as run

    run(lines, as_json)


@bench.command("audio")
def bench_audio(
    minutes: Annotated[int, typer.Option(min=1, max=180, help="Length of the MP3.")] = 60, as_json: Json = False
) -> None:
    """Rendering of a long MP3: speed and memory, beside plain ffmpeg."""
    from api.cli.bench import bench_audio as run

    run(minutes, as_json)


@bench.command("alert")
def bench_alert(
    speakers: Annotated[int, typer.Option(min=1, max=2_000, help="How many simulated speakers.")] = 200,
    alerts: Annotated[int, typer.Option(min=1, max=50, help="How many alerts, one after the other.")] = 5,
    as_json: Json = False,
) -> None:
    """From the call to the sound of an emergency, beside one bare hop over the broker."""
    from api.cli.bench import bench_alert as run

    run(speakers, alerts, as_json)


@bench.command("fleet")
def bench_fleet(
    speakers: Annotated[int, typer.Option(min=1, max=15_000, help="How many, bare and as speakers.")] = 1_000,
    broker: Annotated[Literal["embedded", "mosquitto"], typer.Option(help="Which broker to start.")] = "mosquitto",
    rest: Annotated[float, typer.Option(min=5, max=3_600, help="Seconds of rest that are measured.")] = 60,
    as_json: Json = False,
) -> None:
    """A dense fleet: memory, joining, rest and each message, beside as many bare MQTT clients."""
    from api.cli.bench import bench_fleet as run

    run(speakers, broker, rest, as_json)


@bench.command("plan")
def bench_plan(
    speakers: Annotated[int, typer.Option(min=1, max=20_000, help="How many the province has.")] = 10_000,
    programmes: Annotated[int, typer.Option(min=1, max=5_000, help="How many there are in all.")] = 500,
    days: Annotated[int, typer.Option(min=1, max=62, help="How far is planned.")] = 7,
    as_json: Json = False,
) -> None:
    """A province's programmes read, expanded and planned, beside a bare reading of the same rows."""
    from api.cli.bench import bench_plan as run

    run(speakers, programmes, days, as_json)


@bench.command("sync")
def bench_sync(
    model: Annotated[
        Path | None, typer.Option(help="TOML file with the numbers of the mobile links; without: the shipped one.")
    ] = None,
    speakers: Annotated[int, typer.Option(min=2, max=2_000, help="How many speakers a commune has.")] = 100,
    seed: Annotated[int, typer.Option(help="Another one, another commune.")] = 1,
    as_json: Json = False,
) -> None:
    """How far apart speakers begin and end on mobile links, in virtual time, beside the limit of any clock."""
    from api.cli.bench import bench_sync as run

    run(model, speakers, seed, as_json)
