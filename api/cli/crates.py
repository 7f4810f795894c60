"""`loa device import`: a spreadsheet of new speakers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.cli.client import Client, Refused, client_of
from api.cli.configured import settings_with
from api.cli.device_words import both, refuse, tell
from api.cli.keeping import find_area
from api.cli.new_file import new_file, write_all
from api.cli.refusals import in_words
from api.cli.screen import result, result_json, say

FORMS = {".html": "labels", ".xlsx": "xlsx", ".csv": "csv"}
"""Of the file to which an import's result is written."""


@dataclass(frozen=True)
class CrateOrder:
    """What is to be done with a file; `again`: codes that were made for its rows and not used are made anew."""

    file: Path
    area: str | None
    keep: bool
    skip: bool
    again: bool
    out: Path | None


def import_file(order: CrateOrder, data: Path | None, as_json: bool) -> None:
    """Show what a spreadsheet of speakers would make, or make it, and print the codes or write them to a file."""
    form = FORMS.get(order.out.suffix.lower()) if order.out is not None else "json"
    if form is None:
        refuse("out_ending", endings=", ".join(FORMS))
    with in_words(), client_of(settings_with(data).data) as client:
        query: dict[str, Any] = {"dry_run": not order.keep, "again": order.again, "format": form}
        query |= {"on_errors": "skip" if order.skip else "refuse_all"}
        query |= {"area": find_area(client, order.area)} if order.area else {}
        try:
            if order.out is not None:
                _write(client, order.file, order.out, query)
                return
            shown = client.upload("/devices/import", order.file, {}, **query)
        except Refused as error:
            _explain(error)
            raise
    if as_json:
        result_json(shown)
    else:
        _show(shown)


def _write(client: Client, file: Path, out: Path, query: Mapping[str, Any]) -> None:
    """The file is open before a code is made."""
    with new_file(out) as target:
        content = client.convert("/devices/import", file, **query)
        try:
            write_all(target, content)
        except OSError as error:
            refuse("out_not_written", file=out, why=error.strerror)
    tell("out_written", file=out)


def _explain(error: Refused) -> None:
    """Which lines it was, where it was for some of them."""
    if error.problem.get("code") == "import_refused":
        _lines(error.problem["lines"])
        refuse("crate_refused")


def _show(shown: Mapping[str, Any]) -> None:
    _lines(shown["lines"])
    for warning in shown["warnings"]:
        say(warning)
    tell("crate", good=shown["good"], unchanged=shown["unchanged"], refused=shown["refused"])
    if shown["dry_run"]:
        tell("crate_shown")
    if any(line["unchanged"] and line["claim_code"] for line in shown["lines"]):
        tell("crate_lost")


def _lines(lines: Sequence[Mapping[str, Any]]) -> None:
    for line in lines:
        result(f"{line['line']:>5}  {line['name']}: {_said(line)}")


def _said(line: Mapping[str, Any]) -> str:
    """What became of a line, in a word."""
    if line["faults"]:
        return "; ".join(f"{fault['column'] or ''} {fault['said']}".strip() for fault in line["faults"])
    return str(line["code"] or line["device"] or both("unchanged" if line["unchanged"] else "good"))
