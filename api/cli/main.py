"""The `loa` command: each subcommand is a door; what is behind it is imported when it opens."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.key_doors import keys
from api.cli.options import Data, Json, NewSecret
from api.cli.screen import fail

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Loa: bulletins for village loudspeakers, and the proof that they were heard.",
)  # fmt: skip
audio = typer.Typer(no_args_is_help=True, help="Sound files.")
device = typer.Typer(no_args_is_help=True, help="Speakers.")
trust = typer.Typer(no_args_is_help=True, help="What a speaker must be born with.")
key = typer.Typer(no_args_is_help=True, help="Keys for programs.")
person = typer.Typer(no_args_is_help=True, help="People who log in.")
schedule = typer.Typer(no_args_is_help=True, help="What is to be said when.")
bench = typer.Typer(no_args_is_help=True, help="Measure, each beside its raw limit.")
audit = typer.Typer(no_args_is_help=True, help="The record of who did what.")
area = typer.Typer(no_args_is_help=True, help="Areas: provinces, communes, villages.")
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


@device.command("add")
def device_add(
    name: Annotated[str, typer.Option(help="What people call it.")],
    area: Annotated[str, typer.Option(help="Name or id of its area.")],
    public_key: Annotated[Path, typer.Option(help="Its public key: PEM, or 43 letters of base64url.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Register a speaker before it first speaks; prints what it must be born with."""
    from api.cli.keeping import device_add as run

    run(name, area, public_key, data, as_json)


@device.command("keygen")
def device_keygen(folder: Path) -> None:
    """Make a key pair for a test speaker: key.pem and public.pem."""
    from api.cli.keeping import device_keygen as run

    run(folder)


@device.command("code")
def device_code(
    area: Annotated[str | None, typer.Option(help="Name or id of the area of new speakers.")] = None,
    name: Annotated[str, typer.Option(help="What they will be called; several are numbered.")] = "Loa",
    count: Annotated[int, typer.Option(min=1, max=250, help="How many.")] = 1,
    replaces: Annotated[
        str | None, typer.Option(help="Instead: name or id of a speaker that another box takes over.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=90, help="How long they are good.")] = 14,
    labels: Annotated[Path | None, typer.Option(help="Write a page of labels with QR codes to this HTML file.")] = None,
    png: Annotated[Path | None, typer.Option(help="Write the first one's QR code to this file.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Make claim codes, by which speakers join: each once, shown this once."""
    from api.cli.speakers import make_codes as run

    run({"name": name, "count": count, "days": days}, area, replaces, data, labels, png, as_json)


@device.command("import")
def device_import(
    file: Annotated[Path, typer.Argument(help="XLSX or CSV, one speaker a row.")],
    area: Annotated[str | None, typer.Option(help="Name or id of the area of rows that name none.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Do it; without, it is only shown.")] = False,
    skip: Annotated[bool, typer.Option("--skip", help="Leave bad rows out instead of keeping nothing.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write the result there: .xlsx or .csv with the codes, .html as labels.")
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """New speakers from a spreadsheet: registered by their public keys, or given claim codes."""
    from api.cli.speakers import import_file as run

    run(file, area, keep, skip, out, data, as_json)


@device.command("join")
def device_join(
    code: str,
    folder: Annotated[Path, typer.Option(help="Where test speakers live; it gets a folder of its own there.")],
    api: Annotated[str | None, typer.Option(help="Where the office is; otherwise that of the data folder.")] = None,
    data: Data = None,
) -> None:
    """Let a test speaker join by a claim code."""
    from api.cli.speakers import join as run

    run(code, folder, data, api)


@device.command("status")
def device_status(
    device: Annotated[str, typer.Argument(help="Name or id.")],
    status: Annotated[str, typer.Argument(help="lost, stolen, retired (for good) or in_service (found again).")],
    note: Annotated[str, typer.Option(help="Stands in the record.")] = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Say that a speaker is lost, stolen, retired or found again: out of service it is thrown out within seconds."""
    from api.cli.speakers import set_status as run

    run(device, status, note, data, as_json)


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


@key.command("add")
def key_add(
    name: Annotated[str, typer.Argument(help="Who will use it; stands in the audit lines.")],
    role: Annotated[
        Literal["viewer", "auditor", "technician", "emergency", "operator", "editor", "administrator"],
        typer.Option(help="What it may do."),
    ] = "viewer",
    area: Annotated[
        list[str] | None, typer.Option(help="Name or id of an area where it is good; may be given again. None: all.")
    ] = None,
    action: Annotated[
        list[str] | None, typer.Option(help="To what of its role it is narrowed; may be given again.")
    ] = None,
    address: Annotated[
        list[str] | None, typer.Option(help="CIDR network from which it is good; may be given again.")
    ] = None,
    per_minute: Annotated[int | None, typer.Option(min=1, help="Requests that it may make in a minute.")] = None,
    days: Annotated[int | None, typer.Option(min=1, max=3660, help="How long it is good; otherwise for ever.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Make another key; it is shown once."""
    from api.cli.keys import Limits
    from api.cli.keys import add as run

    limits = Limits(tuple(area or ()), tuple(action or ()), tuple(address or ()), per_minute, days)
    run(name, role, limits, data, as_json)


@key.command("list")
def key_list(data: Data = None, as_json: Json = False) -> None:
    """All keys with their limits, and when and from where each was last shown."""
    from api.cli.keys import show as run

    run(data, as_json)


@key.command("revoke")
def key_revoke(
    key: Annotated[str, typer.Argument(help="Its id, or its name.")], data: Data = None, as_json: Json = False
) -> None:
    """Dead from the next request on."""
    from api.cli.keys import revoke as run

    run(key, data, as_json)


@person.command("add")
def person_add(
    login: Annotated[str, typer.Argument(help="Small letters without accents, digits and . _ @ + -")],
    name: Annotated[str, typer.Option(help="What people call them.")],
    role: Annotated[str, typer.Option(help="administrator, editor, approver, operator, emergency, technician …")],
    area: Annotated[str | None, typer.Option(help="Name or id of an area; without: everywhere.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Add somebody; prints a link by which they set their password, once."""
    from api.cli.people import add as run

    run(login, name, role, area, data, as_json)


@person.command("disable")
def person_disable(
    login: Annotated[str, typer.Argument(help="With what they log in.")], data: Data = None, as_json: Json = False
) -> None:
    """Put somebody out at once, where no second person is there to approve it."""
    from api.cli.people import disable as run

    run(login, data, as_json)


@person.command("forget")
def person_forget(
    login: Annotated[str, typer.Argument(help="Of somebody who has been put out.")],
    data: Data = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Name, log-in and addresses go everywhere; what they did stays, by an id that names nobody."""
    from api.cli.people import forget as run

    run(login, data, as_json)


@person.command("link")
def person_link(
    login: str,
    everything: Annotated[
        bool, typer.Option("--without-second-factor", help="For somebody who has lost telephone and codes.")
    ] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """A link by which somebody sets a new password, once."""
    from api.cli.people import link as run

    run(login, everything, data, as_json)


@app.command()
def rehearse(
    seed: Annotated[int, typer.Option(min=0, help="The whole story: same seed, same history.")] = 1,
    days: Annotated[float, typer.Option(min=0.01, max=366, help="Days of the commune's time.")] = 1,
    speakers: Annotated[int, typer.Option(min=2, max=2_000, help="How many speakers.")] = 50,
    faults: Annotated[str, typer.Option(help="Fault programmes, with commas; `all` for every one.")] = "",
    plant: Annotated[str, typer.Option(help="A bug to plant, by the set in which it must show.")] = "",
    begin: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Its first day (midnight UTC); else 18 November 2026.")
    ] = None,
    only: Annotated[str, typer.Option(help="Play these happenings only, by number, with commas.")] = "",
    shrink: Annotated[bool, typer.Option(help="Make a failing history short.")] = True,
    report: Annotated[Path | None, typer.Option(help="Write the report with plots to this HTML file.")] = None,
    as_json: Json = False,
) -> None:
    """Days of a commune in virtual time, with faults, judged: real controller, real speaker code, one seed."""
    from api.cli.rehearse import RehearseWish
    from api.cli.rehearse import rehearse as run

    raise typer.Exit(run(RehearseWish(seed, days, speakers, faults, plant, begin, only, shrink, as_json, report)))


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


Yes = Annotated[bool, typer.Option("--yes", help="Do it; otherwise it is only shown what it would do.")]


@area.command("list")
def area_list(
    ended: Annotated[bool, typer.Option("--ended", help="With those that are kept for the record.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """The tree of areas with their speakers."""
    from api.cli.areas import show_tree

    show_tree(data, ended, as_json)


@area.command("move")
def area_move(
    name: Annotated[str, typer.Argument(help="Name or id of the area.")],
    under: Annotated[str | None, typer.Option(help="In which it lies from now on; absent: at the top.")] = None,
    yes: Yes = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Put an area, with all that is in it, into another one."""
    from api.cli.areas import Way, move

    move(name, under, Way(data, yes, as_json))


@area.command("merge")
def area_merge(
    names: Annotated[list[str], typer.Argument(help="Names or ids of the areas.")],
    into: Annotated[str | None, typer.Option(help="An area that is there.")] = None,
    name: Annotated[str | None, typer.Option(help="Of a new one.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="They go on as areas within it.")] = False,
    widen: Annotated[
        list[str] | None, typer.Option(help="Id of a grant or key that shall be good in all of it; may be given again.")
    ] = None,
    yes: Yes = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Make one area of several."""
    from api.cli.areas import Way, merge

    merge(names, into, name, keep, widen or [], Way(data, yes, as_json))


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
    """Entry point. An interrupted command ends with 130, as shells expect."""
    try:
        app()
    except KeyboardInterrupt:
        fail("interrupted")
