"""The `loa` command: each subcommand is a door; what is behind it is imported when it opens."""

import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.area_doors import area
from api.cli.bench_doors import bench
from api.cli.key_doors import keys
from api.cli.options import Data, Json, NewSecret
from api.cli.people_doors import key, person
from api.cli.screen import say as tell
from api.cli.speaker_doors import device

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Loa: bulletins for village loudspeakers, and the proof that they were heard.",
)  # fmt: skip
audio = typer.Typer(no_args_is_help=True, help="Sound files.")
trust = typer.Typer(no_args_is_help=True, help="What a speaker must be born with.")
schedule = typer.Typer(no_args_is_help=True, help="What is to be said when.")
audit = typer.Typer(no_args_is_help=True, help="The record of who did what.")
app.add_typer(area, name="area")
app.add_typer(audio, name="audio")
app.add_typer(audit, name="audit")
app.add_typer(device, name="device")
app.add_typer(trust, name="trust")
app.add_typer(key, name="key")
app.add_typer(keys, name="keys")
app.add_typer(person, name="person")
app.add_typer(bench, name="bench")
app.add_typer(schedule, name="schedule")

Port = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="Port of the web interface; 0: any.")]
Broker = Annotated[
    Literal["embedded", "mosquitto"] | None, typer.Option(help="Which broker to start, unless LOA_MQTT__URL names one.")
]


@app.command()
def serve(
    data: Data = None,
    port: Port = None,
    host: Annotated[str | None, typer.Option(help="Address of the web interface.")] = None,
    broker: Broker = None,
    log_json: Annotated[bool, typer.Option("--log-json", help="Log as JSON lines.")] = False,
) -> None:
    """Run broker, controller and web interface until Ctrl-C."""
    from api.cli.serve import serve as run

    run(data, port, host, broker, log_json)


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Air the weather bulletin only, judge, and end.")] = False,
    as_json: Json = False,
    speakers: Annotated[int, typer.Option(min=1, max=5000, help="How many simulated speakers.")] = 39,
    port: Port = None,
    data: Data = None,
    broker: Broker = None,
) -> None:
    """A whole district on this machine: a typed bulletin is aired, heard and proved heard."""
    from api.cli.demo import DemoWish
    from api.cli.demo import demo as run

    raise typer.Exit(run(DemoWish(once, as_json, speakers, port, data, broker)))


@app.command()
def fleet(
    speakers: Annotated[int, typer.Option(min=1, max=20_000, help="How many speakers.")] = 200,
    data: Data = None,
    folder: Annotated[Path | None, typer.Option(help="Where the speakers keep flash, ledgers and WAVs.")] = None,
    sink: Annotated[
        Literal["wav", "null"] | None, typer.Option(help="Write what is heard, or only measure it; wav below 500.")
    ] = None,
    faults: Annotated[str, typer.Option(help="What befalls them, with commas: cuts, power, storm, flood.")] = "",
    seed: Annotated[int | None, typer.Option(help="Makes the faults repeatable.")] = None,
    mqtt: Annotated[str | None, typer.Option(help="Another way to the broker, as a chaos proxy.")] = None,
    part: Annotated[str, typer.Option(help="2/3: the second of three fleets that share the speakers.")] = "1/1",
    makes: Annotated[str, typer.Option(help="Makes of speaker, in turn: common, loud, plain, remote, solar.")] = "",
    codes: Annotated[Path | None, typer.Option(help="Claim codes, one a line: a speaker joins by each.")] = None,
    as_json: Json = False,
) -> None:
    """Simulated speakers for the installation of a data folder, in one process, until Ctrl-C."""
    from api.cli.fleet import FleetWish, fault_names, part_of
    from api.cli.fleet import fleet as run

    named = [make.strip() for make in makes.split(",") if make.strip()]
    run(FleetWish(speakers, data, folder, sink, fault_names(faults), seed, part_of(part), mqtt, named, as_json, codes))


@app.command("chaos-proxy")
def chaos_proxy(
    broker: Annotated[str, typer.Option(help="The broker's address.")] = "mqtt://127.0.0.1:1883",
    listen: Annotated[str, typer.Option(help="HOST:PORT for the clients; port 0: any.")] = "127.0.0.1:0",
    direction: Annotated[
        Literal["both", "up", "down"], typer.Option(help="Where delay, throughput, loss and stalls are.")
    ] = "both",
    delay_ms: Annotated[float, typer.Option(help="Delay one way.")] = 0,
    jitter_ms: Annotated[float, typer.Option(help="Added to the delay, from 0 to this.")] = 0,
    rate: Annotated[float, typer.Option(help="Throughput one way, bytes a second; 0: no limit.")] = 0,
    loss: Annotated[float, typer.Option(help="Share of packets lost, as TCP feels it.")] = 0,
    stall_every_s: Annotated[float, typer.Option(help="Mean time between two stalls; 0: none.")] = 0,
    stall_s: Annotated[float, typer.Option(help="Mean length of a stall.")] = 2,
    cut_every_s: Annotated[float, typer.Option(help="Mean age at which a connection is cut; 0: never.")] = 0,
    cut_after_bytes: Annotated[int, typer.Option(help="Cut when so many bytes came down; 0: never.")] = 0,
    cut_at_percent: Annotated[
        list[float] | None, typer.Option(help="Cut each transfer once here; may be given again.")
    ] = None,
    outage_s: Annotated[float, typer.Option(help="Mean time that a client stays away after a cut.")] = 0,
    half_open_after_s: Annotated[float, typer.Option(help="Age at which a connection goes dumb; 0: never.")] = 0,
    duplicate: Annotated[float, typer.Option(help="Share of acknowledgements lost at a reconnect.")] = 0,
    model: Annotated[str | None, typer.Option(help="A radio model's file instead, or 4g for the shipped one.")] = None,
    congested: Annotated[bool, typer.Option("--congested", help="The model's busy hour.")] = False,
    seed: Annotated[int | None, typer.Option(help="Repeatable chance.")] = None,
    as_json: Json = False,
) -> None:
    """A bad link between clients and a broker, until Ctrl-C."""
    from api.cli.chaos import ChaosWish
    from api.cli.chaos import chaos_proxy as run

    wish = ChaosWish(
        listen, broker, direction, delay_ms, jitter_ms, rate, loss, stall_every_s, stall_s, cut_every_s,
        cut_after_bytes, tuple(cut_at_percent or ()), outage_s, half_open_after_s, duplicate, model,
        congested, seed, as_json,
    )  # fmt: skip
    run(wish)


@app.command("asyncapi")
def asyncapi(
    out: Annotated[Path | None, typer.Option("--out", help="Write it to this file instead of stdout.")] = None,
) -> None:
    """The wire as an AsyncAPI 3.0 document."""
    from api.cli.asyncapi import asyncapi as run

    run(out)


@app.command()
def privacy(
    out: Annotated[Path | None, typer.Option("--out", help="Write it to this file instead of stdout.")] = None,
) -> None:
    """Which personal data is held where, why, how long, and how it goes."""
    from api.cli.privacy import privacy as run

    run(out)


@app.command()
def say(
    text: str,
    area: Annotated[list[str], typer.Option("--area", help="Name or id of an area; may be given again.")],
    title: Annotated[str, typer.Option(help="Title of the bulletin.")] = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Speak a text in an area now, and follow it to every speaker."""
    from api.cli.say import say as run

    run(text, area, title, data, as_json)


@app.command("read-as")
def read_as(text: str, data: Data = None, as_json: Json = False) -> None:
    """How a text will be read aloud."""
    from api.cli.reading import read_as as run

    run(text, data, as_json)


@app.command()
def doctor(data: Data = None, as_json: Json = False) -> None:
    """What is missing on this machine, and how to mend it."""
    from api.cli.doctor import doctor as run

    raise typer.Exit(run(data, as_json))


@app.command()
def backup(
    file: Path,
    data: Data = None,
    with_keys: Annotated[bool, typer.Option("--with-keys", help="The online keys too, under a passphrase.")] = False,
    passphrase_file: NewSecret = None,
    as_json: Json = False,
) -> None:
    """Copy database and audio into one file, while everything runs."""
    from api.cli.keeping import backup as run

    run(file, data, with_keys, passphrase_file, as_json)


@app.command()
def restore(file: Path, data: Data = None, passphrase_file: NewSecret = None, as_json: Json = False) -> None:
    """Make a data folder of a backup; never over one that holds something."""
    from api.cli.keeping import restore as run

    run(file, data, passphrase_file, as_json)


@audio.command("check")
def audio_check(files: list[Path], as_json: Json = False) -> None:
    """Would these files be accepted, and what is wrong with them?"""
    from api.cli.audio import check

    check(files, as_json)


@app.command("broker-config")
def broker_config(
    folder: Annotated[Path, typer.Argument(help="Where Mosquitto will read it.")],
    name: Annotated[str | None, typer.Option(help="Host name or address by which speakers reach it.")] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where it listens.")] = 8883,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write all that a Mosquitto for real speakers reads; again: bring it up to date."""
    from api.cli.broker_config import broker_config as run

    run(folder, data, name, port, as_json)


@trust.command("export")
def trust_export(data: Data = None) -> None:
    """Tenant, root key and trust set, as JSON."""
    from api.cli.signing_keys import export_trust as run

    run(data)


@app.command()
def rehearse(
    seed: Annotated[int, typer.Option(min=0, help="The whole story: same seed, same history.")] = 1,
    days: Annotated[float, typer.Option(min=0.01, max=366, help="Days of the commune's time.")] = 1,
    speakers: Annotated[int, typer.Option(min=2, max=2_000, help="How many speakers.")] = 50,
    faults: Annotated[str, typer.Option(help="Fault programmes, with commas; `all` for every one.")] = "",
    plant: Annotated[str, typer.Option(help="A bug to plant, by the set in which it must show.")] = "",
    begin: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Its first day, from midnight UTC; else 2026-11-18, 11:06:40."),
    ] = None,
    model: Annotated[Path | None, typer.Option(help="A radio model of your own (TOML); see docs/simulator.md.")] = None,
    only: Annotated[str, typer.Option(help="Play these happenings only, by number, with commas.")] = "",
    shrink: Annotated[bool, typer.Option(help="Make a failing history short.")] = True,
    report: Annotated[Path | None, typer.Option(help="Write the report with plots to this HTML file.")] = None,
    as_json: Json = False,
) -> None:
    """Days of a commune in virtual time, with faults, judged: real controller, real speaker code, one seed."""
    from api.cli.rehearse import RehearseWish
    from api.cli.rehearse import rehearse as run

    wish = RehearseWish(seed, days, speakers, faults, plant, begin, model, only, shrink, as_json, report)
    raise typer.Exit(run(wish))


@audit.command("verify")
def audit_verify(
    file: Annotated[Path | None, typer.Option("--file", help="An exported file of JSON lines instead.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Does the chain hold? Names each line that was changed, is missing or does not belong; then ends with 1."""
    from api.cli.audit import verify as run

    raise typer.Exit(run(file, data, as_json))


@audit.command("export")
def audit_export(file: Path, data: Data = None) -> None:
    """Write all lines with their hashes and the signed end of the chain to a file of JSON lines."""
    from api.cli.audit import export as run

    run(file, data)


@schedule.command("expand")
def schedule_expand(
    begin: Annotated[str, typer.Option("--from", help="First instant, ISO 8601.")],
    end: Annotated[str, typer.Option("--to", help="Last instant, ISO 8601.")],
    zone: Annotated[str, typer.Option(help="Zone of times that name none.")] = "Asia/Ho_Chi_Minh",
    as_json: Json = False,
) -> None:
    """The times of the iCalendar text on standard input (DTSTART, RRULE, EXDATE, RDATE) between two instants."""
    from api.cli.schedule import expand as run

    run(begin, end, zone, as_json)


def main() -> None:
    """Entry point. An interrupted command ends with 130, a terminated one with 143, as shells expect; tidied up."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts it aside has it ignored
    try:
        app()
    except KeyboardInterrupt:
        tell("interrupted")
        sys.exit(130)
