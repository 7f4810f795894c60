"""`loa area ...`: each command is a door; what is behind it is imported when it opens."""

from typing import Annotated

import typer

from api.cli.options import Data, Json

area = typer.Typer(no_args_is_help=True, help="Areas: provinces, communes, villages.")


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
