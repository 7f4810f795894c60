"""The chain of audit lines: each binds the one before it. Pure; its form is fixed for ever, or old chains break."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devices.protocol.json_text import canonical

FORM = "loa-audit-1"
BEGINNING = ""
"""What the first line has before it."""


@dataclass(frozen=True)
class Line:
    """An audit line as it is bound and exported. `seq` counts from 1 without gaps; `at` is us UTC."""

    seq: int
    at: int
    clock: str
    who_id: str
    who: str
    origin: str
    salt: str | None
    """Hides name and address behind `sealed`; None: whoever it was has been forgotten."""
    sealed: str
    action: str
    subject: str
    area: str | None
    detail: str
    before: str | None
    """JSON text, letter by letter as it was bound."""
    after: str | None
    hash: str


BOUND = ("seq", "at", "clock", "who_id", "sealed", "action", "subject", "area", "detail", "before", "after")
"""What the hash covers beside form and previous hash. Name and address only through `sealed`, so that they can go."""


def digest(line: Mapping[str, Any], previous: str) -> str:
    """The hash of a line, hex, from its bound fields and the hash before it."""
    return _sha256({"form": FORM, "previous": previous} | {name: line[name] for name in BOUND})


def seal(salt: str, who: str, origin: str) -> str:
    """Name and address as something that nobody finds out again without the salt."""
    return _sha256([salt, who, origin])


def _sha256(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()
