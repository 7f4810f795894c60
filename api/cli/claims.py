"""`loa device code`, `codes` and `withdraw`: the codes by which speakers join."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from api.cli.client import Client, client_of
from api.cli.configured import settings_with
from api.cli.device_words import refuse, tell
from api.cli.keeping import find_area
from api.cli.new_file import new_file, write_all
from api.cli.refusals import in_words
from api.cli.screen import result, result_json
from api.cli.speakers import find_device
from controller.enrolment.labels import Label, label_page, until_said
from controller.enrolment.qr import qr_png

CODES = 200
"""Of one page of the list."""


def make_codes(
    wish: dict[str, Any], area: str | None, replaces: str | None, data: Path | None, labels: Path | None,
    png: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Make codes and print them; `labels`: also as a page of QR codes, `png`: the QR code of a single one.

    The files are opened before a code is made, and written when it has been printed: no code is lost with a file.
    """
    if (area is None) == (replaces is None):
        refuse("place_or_speaker")
    with in_words(), client_of(settings_with(data).data) as client, ExitStack() as opened:
        page, picture = (None if one is None else opened.enter_context(new_file(one)) for one in (labels, png))
        if replaces is not None:
            wish = {"replaces": find_device(client, replaces), "days": wish["days"]}
        else:
            wish = wish | {"area": find_area(client, area or "")}
        printed = "true" if labels or png else "false"
        made = client.post(f"/claim-codes?printed={printed}", wish)["items"]
        _print(made, as_json)
        if page is not None:
            _write(page, label_page([_label(one) for one in made], "vi").encode("utf-8"), labels)
        if picture is not None:
            _write(picture, qr_png(made[0]["text"]), png)


def show_codes(area: str | None, data: Path | None, as_json: bool) -> None:
    """Codes that still let somebody in; the codes themselves are kept nowhere."""
    with in_words(), client_of(settings_with(data).data) as client:
        found = _open_codes(client, find_area(client, area) if area else None)
        areas = {one["id"]: one for one in client.get("/areas")["items"]}
    if as_json:
        result_json(found)
        return
    for one in found:
        until = until_said(datetime.fromisoformat(one["expires_at"]))
        result(f"{one['id']}  {_path(one['area'], areas)}  {one['name']}  {until}")
    if not found:
        tell("codes_none")


def withdraw(codes: Sequence[str], data: Path | None, as_json: bool) -> None:
    """Nobody joins by these any more."""
    shown = []
    with in_words(), client_of(settings_with(data).data) as client:
        for code in codes:
            one = client.post(f"/claim-codes/{code}/withdraw")
            shown.append(one)
            if not as_json:
                tell("code_was_used" if one["used_at"] else "code_withdrawn", **one)
    if as_json:
        result_json(shown)


def _open_codes(client: Client, area: str | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"open": True, "limit": CODES} | ({"area": area} if area else {})
    while True:
        page = client.get("/claim-codes", **query)
        found += page["items"]
        if page["next"] is None:
            return found
        query["after"] = page["next"]


def _path(area: str, areas: Mapping[str, Mapping[str, Any]]) -> str:
    """With all above it, as labels have it."""
    names, at = list[str](), areas.get(area)
    while at is not None:
        names.insert(0, at["name"])
        at = areas.get(at["parent"])
    return " / ".join(names) or area


def _print(made: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        result_json(made)
        return
    for one in made:
        result(f"{one['code']}  {one['name']}")
    tell("codes_made", until=made[0]["until"])


def _label(one: Mapping[str, Any]) -> Label:
    return Label(one["name"], one["place"], one["code"], one["until"], one["text"], bool(one["replaces"]))


def _write(file: BinaryIO, content: bytes, target: Path | None) -> None:
    try:
        write_all(file, content)
    except OSError as error:
        refuse("labels_not_written", file=target, why=error.strerror)
