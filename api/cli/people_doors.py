"""`loa person ...` and `loa key ...`: each command is a door; what is behind it is imported when it opens."""

from typing import Annotated, Literal

import typer

from api.cli.options import Data, Json

key = typer.Typer(no_args_is_help=True, help="Keys for programs.")
person = typer.Typer(no_args_is_help=True, help="People who log in.")


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
