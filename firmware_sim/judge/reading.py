"""The judge's records as files: a folder of ledgers, and the log of what the API accepted."""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from firmware_sim.judge.records import Accepted, BadRecord

_ACCEPTED: TypeAdapter[Accepted] = TypeAdapter(Accepted)


def read_ledgers(folder: Path) -> dict[str, list[dict[str, object]]]:
    """Every `{device}/ledger.jsonl` in `folder`; the last line may be torn, another one is a BadRecord."""
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
    lines = path.read_bytes().rstrip().splitlines()
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
            if not isinstance(entry, dict):
                raise ValueError("not an object")
        except ValueError as error:
            if number == len(lines):
                return
            raise BadRecord(f"{path.parent.name}, line {number}", str(error)) from error
        yield entry
