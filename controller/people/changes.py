"""What an act changed, as text for its audit line: only the fields that differ. Pure."""

import hashlib
from collections.abc import Mapping
from typing import Any, Protocol

from devices.protocol.json_text import canonical

LONGEST = 64 * 1024
"""Bytes of one side; more is kept as its SHA-256."""
OF_PEOPLE = frozenset({"login", "name", "password", "issuer", "issuer_subject", "language"})
"""Of a person only that it changed is said, never from what to what: a line cannot be taken back."""

Fields = Mapping[str, Any]
_OF_THE_ACT = frozenset({"created_at", "created_by", "changed_at", "changed_by", "decided_at", "decided_by"})
"""What the line itself says already."""


class Row(Protocol):
    """A row of a table."""

    def model_dump(self, *, mode: str) -> dict[str, Any]: ...


def fields_of(row: Row | None) -> Fields | None:
    """What a row says, without who said it and when; None for none."""
    return None if row is None else {k: v for k, v in row.model_dump(mode="json").items() if k not in _OF_THE_ACT}


def changes(
    before: Fields | None, after: Fields | None, private: frozenset[str] = frozenset()
) -> tuple[str | None, str | None]:
    """Both sides as JSON text, what is equal on both left out; None for a side that there was not."""
    differ = {name for name in {*(before or {}), *(after or {})} if _of(before, name) != _of(after, name)}
    return _text(before, differ, private), _text(after, differ, private)


def _of(side: Fields | None, name: str) -> Any:
    return None if side is None else side.get(name)


def _text(side: Fields | None, differ: set[str], private: frozenset[str]) -> str | None:
    if side is None:
        return None
    said = canonical({name: "…" if name in private else side[name] for name in differ if name in side})
    if len(said) > LONGEST:
        said = canonical({"bytes": len(said), "sha256": hashlib.sha256(said).hexdigest()})
    return said.decode("utf-8")
