"""The judge's records as files: a folder of ledgers, and the log of what the API accepted."""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from firmware_sim.judge.records import Accepted, BadRecord

_BOOT: dict[str, object] = {"kind": "boot"}
_ACCEPTED: TypeAdapter[Accepted] = TypeAdapter(Accepted)


def read_ledgers(folder: Path) -> dict[str, list[dict[str, object]]]:
    """Every `{device}/ledger.jsonl` in `folder`, by `{device}`.

    A power cut may tear a line: the last one, or one before a boot. Any other damage is a BadRecord.
    """
    found = sorted(folder.glob("*/ledger.jsonl"))
    return {path.parent.name: list(_objects(path)) for path in found}


def read_accepted(path: Path) -> list[Accepted]:
    """One accepted order or revision per line, oldest first; BadRecord for a line that is none."""
    try:
        return [_ACCEPTED.validate_json(line) for line in path.read_bytes().splitlines() if line.strip()]
    except ValidationError as error:
        raise BadRecord(path.name, str(error)) from error


def accepted_line(accepted: Accepted) -> str:
    """What `read_accepted` reads, without the line's end."""
    return _ACCEPTED.dump_json(accepted).decode()


def _objects(path: Path) -> Iterator[dict[str, object]]:
    lines = [_object(line) for line in path.read_bytes().rstrip().splitlines()]
    for number, (entry, after) in enumerate(zip(lines, [*lines, _BOOT][1:], strict=True), start=1):
        if entry is not None:
            yield entry
        elif after is None or after.get("kind") != "boot":
            raise BadRecord(f"{path.parent.name}, line {number}", "not a JSON object")


def _object(line: bytes) -> dict[str, object] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None
