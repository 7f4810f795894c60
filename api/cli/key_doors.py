"""The `loa keys` commands: doors, as in main.py."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.options import Data, Json, NewSecret, OnlineRole, RootFile, Secret

keys = typer.Typer(no_args_is_help=True, help="The signing keys: who signs, and what to do when a key leaks.")


@keys.command("list")
def keys_list(data: Data = None, as_json: Json = False) -> None:
    """Which keys are trusted, since when, until when, and which of them sign now."""
    from api.cli.signing_keys import show as run

    run(data, as_json)


@keys.command("check")
def keys_check(data: Data = None, as_json: Json = False) -> None:
    """Are the keys well kept?"""
    from api.cli.signing_keys import check as run

    raise typer.Exit(run(data, as_json))


@keys.command("rotate")
def keys_rotate(
    role: OnlineRole,
    overlap_days: Annotated[float, typer.Option(min=0.01, max=366, help="How long the old keys are believed.")] = 8,
    at_once: Annotated[bool, typer.Option("--at-once", help="The old keys are out at once.")] = False,
    root: RootFile = None,
    passphrase_file: Secret = None,
    data: Data = None,
) -> None:
    """Make new online keys; the root signs them, and no speaker is visited."""
    from api.cli.signing_keys import RootWish
    from api.cli.signing_keys import rotate as run

    run(role, RootWish(data, root, passphrase_file), overlap_days, out_at_once=at_once)


@keys.command("leaked")
def keys_leaked(role: OnlineRole, root: RootFile = None, passphrase_file: Secret = None, data: Data = None) -> None:
    """Somebody else has this key: it is out at once, and speakers forget what only it said."""
    from api.cli.signing_keys import RootWish
    from api.cli.signing_keys import leaked as run

    run(role, RootWish(data, root, passphrase_file))


@keys.command("new-root")
def keys_new_root(
    out: Annotated[Path, typer.Option(help="File for the new root key.")],
    root: RootFile = None,
    passphrase_file: Secret = None,
    new_passphrase_file: NewSecret = None,
    data: Data = None,
) -> None:
    """Make another root key; the old one hands over to it."""
    from api.cli.signing_keys import RootWish, new_root

    new_root(out, RootWish(data, root, passphrase_file), new_passphrase_file)


@keys.command("take-root-offline")
def keys_take_root_offline(
    out: Annotated[Path | None, typer.Option(help="File for the root key; otherwise as for --root.")] = None,
    new_passphrase_file: NewSecret = None,
    data: Data = None,
) -> None:
    """For installations of earlier versions: move the root key from the online keys into its own file."""
    from api.cli.signing_keys import take_root_offline as run

    run(out, data, new_passphrase_file)


@keys.command("passphrase")
def keys_passphrase(
    which: Annotated[Literal["root", "online"], typer.Argument(help="Of the root key's file, or of the online keys.")],
    root: RootFile = None,
    passphrase_file: Secret = None,
    new_passphrase_file: NewSecret = None,
    data: Data = None,
) -> None:
    """Change a passphrase."""
    from api.cli.signing_keys import RootWish
    from api.cli.signing_keys import passphrase as run

    run(which, RootWish(data, root, passphrase_file), new_passphrase_file)


@keys.command("new-authority")
def keys_new_authority(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False, data: Data = None
) -> None:
    """Make another authority of certificates, where somebody has copied it, or it is lost."""
    from api.cli.new_authority import new_authority as run

    run(data, asked_already=yes)


@keys.command("export-trust")
def keys_export_trust(data: Data = None) -> None:
    """Tenant, root key and trust set, as JSON: what a speaker must be born with."""
    from api.cli.signing_keys import export_trust as run

    run(data)
