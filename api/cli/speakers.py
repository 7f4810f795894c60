"""`loa device`: codes by which speakers join, and what becomes of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.cli.client import Client, Refused, client_of
from api.cli.configured import settings_with
from api.cli.keeping import find_area
from api.cli.refusals import in_words
from api.cli.screen import fail, result, result_json, say
from controller.enrolment.labels import Label, label_page
from controller.enrolment.qr import qr_png
from controller.runtime import world
from devices.protocol.keys import SigningKey
from firmware_sim.counter import Counter

PAGE = 1_000
FORMS = {".html": "labels", ".xlsx": "xlsx", ".csv": "csv"}
"""Of the file to which an import's result is written."""


def make_codes(
    wish: dict[str, Any], area: str | None, replaces: str | None, data: Path | None, labels: Path | None,
    png: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Make codes and print them; `labels`: also as a page of QR codes, `png`: the QR code of a single one."""
    if (area is None) == (replaces is None):
        fail("--area with --name for a new speaker, or --replaces for one that another box takes over")
    with in_words(), client_of(settings_with(data).data) as client:
        if replaces is not None:
            wish = {"replaces": find_device(client, replaces), "days": wish["days"]}
        else:
            wish = wish | {"area": find_area(client, area or "")}
        made = client.post("/claim-codes", wish)["items"]
        if labels is not None:
            labels.write_text(label_page(_labels(client, made), "vi"), "utf-8")
        if png is not None:
            png.write_bytes(qr_png(made[0]["text"]))
    if as_json:
        result_json(made)
        return
    for one in made:
        result(f"{one['code']}  {one['name']}")
    say(f"once each, until {made[0]['expires_at']}; shown this once")


def set_status(device: str, status: str, note: str, data: Path | None, as_json: bool) -> None:
    """Say where a speaker is."""
    with in_words(), client_of(settings_with(data).data) as client:
        shown = client.put(f"/devices/{find_device(client, device)}/status", {"status": status, "note": note})
    if as_json:
        result_json(shown)
    else:
        say(f"{shown['name']} ({shown['id']}) is {shown['status'].replace('_', ' ')}")


def join(code: str, folder: Path, data: Path | None, api: str | None) -> None:
    """A test speaker joins by a code, with a key of its own."""
    with in_words():
        counter = Counter(api or _endpoint(data))
        try:
            identity = counter.join(code, SigningKey(world.entropy(32)), folder)
        finally:
            counter.close()
    result(str(folder / identity.device))


def import_file(
    file: Path, area: str | None, keep: bool, skip: bool, out: Path | None, data: Path | None, as_json: bool
) -> None:
    """Show what a spreadsheet of speakers would make, or make it, and print the codes or write them to `out`."""
    form = FORMS.get(out.suffix.lower()) if out is not None else "json"
    if form is None:
        fail(f"--out ends in {', '.join(FORMS)}")
    with in_words(), client_of(settings_with(data).data) as client:
        query = {"dry_run": not keep, "on_errors": "skip" if skip else "refuse_all", "format": form}
        query |= {"area": find_area(client, area)} if area else {}
        if out is not None:
            client.convert("/devices/import", file, out, **query)
            say(str(out))
            return
        shown = client.upload("/devices/import", file, {}, **query)
    if as_json:
        result_json(shown)
        return
    for line in shown["lines"]:
        result(f"{line['line']:>5}  {line['name']}: {_said(line)}")
    for warning in shown["warnings"]:
        say(warning)
    counts = f"{shown['good']} good, {shown['unchanged']} unchanged, {shown['refused']} refused"
    say(counts + (": nothing is kept yet, --keep keeps them" if shown["dry_run"] else ""))


def _said(line: Mapping[str, Any]) -> str:
    """What became of a line, in a word."""
    if line["faults"]:
        return "; ".join(f"{fault['column'] or ''} {fault['said']}".strip() for fault in line["faults"])
    return str(line["code"] or line["device"] or ("unchanged" if line["unchanged"] else "good"))


def find_device(client: Client, wanted: str) -> str:
    """The id of a speaker by its id or its name; Refused where there is none, or several of that name."""
    found, after = [], None
    while True:
        page = client.get("/devices", limit=PAGE, **({"after": after} if after else {}))
        found += [one["id"] for one in page["items"] if wanted in (one["id"], one["name"])]
        if (after := page["next"]) is None:
            break
    if len(found) != 1:
        raise Refused({"detail": f"{len(found)} speakers are called {wanted!r}: {', '.join(found)}"})
    return str(found[0])


def _labels(client: Client, made: list[dict[str, Any]]) -> list[Label]:
    areas = {area["id"]: area["name"] for area in client.get("/areas")["items"]}
    return [
        Label(one["name"], areas[one["area"]], one["code"], one["expires_at"][:10], one["text"], bool(one["replaces"]))
        for one in made
    ]


def _endpoint(data: Path | None) -> str:
    with client_of(settings_with(data).data) as client:
        return client.address
