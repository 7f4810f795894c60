"""`loa area`: the tree of areas; areas put elsewhere and merged, after a look at what would become of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.cli.client import Client, client_of
from api.cli.configured import settings_with
from api.cli.keeping import find_area
from api.cli.refusals import in_words
from api.cli.screen import result, result_json, say
from controller.runtime import world

LISTS = ("programmes", "audiences", "twice", "rules", "zones", "groups", "languages", "rights", "clashes")


@dataclass(frozen=True)
class Way:
    """Where, whether it is done or only looked at, and for whom it is told."""

    data: Path | None
    yes: bool
    as_json: bool


def show_tree(data: Path | None, ended: bool, as_json: bool) -> None:
    with in_words(), client_of(settings_with(data).data) as client:
        areas = client.get("/areas", ended=ended)["items"]
    if as_json:
        result_json(areas)
    else:
        result("\n".join(_branch(areas, None, 0)))


def move(area: str, under: str | None, way: Way) -> None:
    """Without `under`: to the top."""
    with in_words(), client_of(settings_with(way.data).data) as client:
        parent = find_area(client, under) if under else None
        _change(client, {"kind": "reparent", "area": find_area(client, area), "parent": parent}, way)


def merge(areas: list[str], into: str | None, name: str | None, keep: bool, widen: list[str], way: Way) -> None:
    with in_words(), client_of(settings_with(way.data).data) as client:
        wish = {"kind": "merge", "areas": [find_area(client, area) for area in areas], "keep": keep, "widen": widen}
        wish |= {"into": find_area(client, into)} if into else {"name": name}
        _change(client, wish, way)


def _change(client: Client, wish: Mapping[str, Any], way: Way) -> None:
    seen = client.post("/areas/changes/preview", {"change": wish})
    if not way.as_json:
        for line in _told(seen):
            say(line)
    if not way.yes:
        if way.as_json:
            result_json(seen)
        else:
            say("Nothing has been changed. With --yes it is done.")
        return
    body = {"change": wish, "fingerprint": seen["fingerprint"]}
    done = client.post("/areas/changes", body, world.new_id())
    if way.as_json:
        result_json(done)
    else:
        result(f"done: {done['area']}")


def _told(seen: Mapping[str, Any]) -> Iterator[str]:
    for area in seen["areas"]:
        yield f"area {area['name_before'] or '(new)'} → {area['name']}{', ends' if area['ends'] else ''}"
    yield f"{seen['configurations']} speakers get new places; {seen['echo']} of them have an echo plan"
    for name in LISTS:
        for one in seen[name]:
            yield f"{name}: " + ", ".join(f"{key} {_short(value)}" for key, value in one.items() if value)
    yield f"{len(seen['broadcasts'])} broadcasts and {len(seen['alerts'])} alerts go on as they were ordered"
    if seen["widens"]:
        yield "Somebody gets rights over more speakers than before."


def _short(value: object) -> str:
    said = str(value)
    return said if len(said) <= 60 else said[:57] + "..."


def _branch(areas: list[Mapping[str, Any]], parent: str | None, depth: int) -> Iterator[str]:
    for area in areas:
        if area["parent"] == parent:
            ended = " (ended)" if area["ended_at"] else ""
            yield f"{'  ' * depth}{area['name']}{ended}  {area['speakers']} speakers  {area['id']}"
            yield from _branch(areas, area["id"], depth + 1)
