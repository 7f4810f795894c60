"""Files that other people build upon, made from the code: golden recordings.

`python -m tests.devices.protocol.golden` writes them again; the tests only compare. A difference in one of
them is a change of the wire, and belongs into docs/protocol.md and the changelog.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from devices.protocol.codec import SIGNED, to_json
from tests.devices.protocol.samples import KEYS, MAKERS, PLACES, TYPES, signed

ROOT = Path(__file__).parents[3]
RECORDINGS = ROOT / "tests" / "recordings"


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


def pretty(told: object) -> str:
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def files() -> Mapping[Path, Callable[[], str]]:
    """Path to what makes its content."""
    return {RECORDINGS / f"{kind}.json": lambda kind=kind: recording(kind) for kind in TYPES}


if __name__ == "__main__":
    for path, make in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make())
