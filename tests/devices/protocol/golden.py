"""Files that other people build upon, made from the code: recordings, the tables of docs/protocol.md, vectors.

`python -m tests.devices.protocol.golden` writes them again; the tests only compare. A difference in one of
them is a change of the wire, and belongs into docs/protocol.md and the changelog.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from devices.protocol.asyncapi import document
from devices.protocol.codec import SIGNED, to_json
from tests.devices.protocol.field_tables import field_tables, message_table, word_table
from tests.devices.protocol.samples import KEYS, MAKERS, PLACES, TYPES, signed
from tests.devices.protocol.vectors import vectors

ROOT = Path(__file__).parents[3]
RECORDINGS = ROOT / "tests" / "recordings"
PAGE = ROOT / "docs" / "protocol.md"
VECTORS = ROOT / "docs" / "vectors.json"
ASYNCAPI = ROOT / "docs" / "asyncapi.json"
TABLES: Mapping[str, Callable[[], str]] = {"messages": message_table, "words": word_table, "fields": field_tables}


def recording(kind: str) -> str:
    """One message of a type: its topic, its fields, and the exact bytes on the wire."""
    message = MAKERS[kind]()
    told = {"type": kind, "topic": PLACES[kind], "fields": json.loads(to_json(message))}
    if kind in SIGNED:
        role = SIGNED[kind][1]
        told |= {"role": role, "public": KEYS[role].verify_key.public, "bytes": signed(message).decode()}
    else:
        told |= {"bytes": to_json(message).decode()}
    return pretty(told)


def page() -> str:
    """docs/protocol.md with its tables made anew."""
    text = PAGE.read_text()
    for name, make in TABLES.items():
        begin = f"<!-- {name}: made by tests/devices/protocol/golden.py -->"
        made = f"{begin}\n\n{make()}\n\n<!-- end -->"
        text = re.sub(rf"{re.escape(begin)}.*?<!-- end -->", lambda _, made=made: made, text, flags=re.DOTALL)
    return text


def pretty(told: object) -> str:
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def files() -> Mapping[Path, Callable[[], str]]:
    """Path to what makes its content."""
    recordings = {RECORDINGS / f"{kind}.json": partial(recording, kind) for kind in TYPES}
    return recordings | {PAGE: page, VECTORS: lambda: pretty(vectors()), ASYNCAPI: lambda: pretty(document())}


if __name__ == "__main__":
    for path, make in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make())
