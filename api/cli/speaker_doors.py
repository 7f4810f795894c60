"""`loa device ...`: each command is a door; what is behind it is imported when it opens."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Data, Json

device = typer.Typer(no_args_is_help=True, help="Speakers.")


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
    labels: Annotated[
        Path | None, typer.Option(help="Write a page of labels with QR codes to this new HTML file.")
    ] = None,
    png: Annotated[Path | None, typer.Option(help="Write the first one's QR code to this new file.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Make claim codes, by which speakers join: each once, shown this once."""
    from api.cli.claims import make_codes as run

    run({"name": name, "count": count, "days": days}, area, replaces, data, labels, png, as_json)


@device.command("codes")
def device_codes(
    area: Annotated[str | None, typer.Option(help="Name or id of the only area to look at.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Claim codes that still let somebody in: id, place, name and end, never the code itself."""
    from api.cli.claims import show_codes as run

    run(area, data, as_json)


@device.command("withdraw")
def device_withdraw(
    codes: Annotated[list[str], typer.Argument(help="Ids of claim codes, as `loa device codes` lists them.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Make claim codes void: nobody joins by them any more."""
    from api.cli.claims import withdraw as run

    run(codes, data, as_json)


@device.command("import")
def device_import(
    file: Annotated[Path, typer.Argument(help="XLSX or CSV, one speaker a row.")],
    area: Annotated[str | None, typer.Option(help="Name or id of the area of rows that name none.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Do it; without, it is only shown.")] = False,
    skip: Annotated[bool, typer.Option("--skip", help="Leave bad rows out instead of keeping nothing.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Rows whose codes were lost get new ones; the old ones are void.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write the result to this new file: .xlsx or .csv with codes, .html as labels.")
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """New speakers from a spreadsheet: registered by their public keys, or given claim codes."""
    from api.cli.crates import CrateOrder
    from api.cli.crates import import_file as run

    run(CrateOrder(file, area, keep, skip, again, out), data, as_json)


@device.command("join")
def device_join(
    code: Annotated[str, typer.Argument(help="As it was typed, or all that the label's QR code says (loa:...).")],
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
