"""JSON as the wire allows it: one meaning in every language, and not too deep for a small machine."""

import json
from collections.abc import Iterable, Iterator

from devices.protocol.errors import Malformed

MAX_DEPTH = 8
"""How deep arrays and objects may nest, the message itself included."""


def canonical(fields: object) -> bytes:
    """JSON as this project writes it: sorted keys, no spaces, UTF-8. Readers accept any JSON."""
    return _ENCODER.encode(fields).encode("utf-8")


def read_object(raw: bytes) -> dict[str, object]:
    """Read one JSON object; Malformed for anything else, a name that stands twice, NaN, or deep nesting."""
    try:
        found = _DECODER.decode(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Malformed(reason="not JSON") from error
    if not isinstance(found, dict):
        raise Malformed(reason="not a JSON object")
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH and _deeper_than(found, MAX_DEPTH):
        raise Malformed(reason="nested too deep")
    return found


def _unambiguous(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a name stands twice")
    return fields


def _no_number(text: str) -> object:
    raise ValueError(f"{text} is no JSON")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
_DECODER = json.JSONDecoder(object_pairs_hook=_unambiguous, parse_constant=_no_number)


def _deeper_than(value: object, limit: int) -> bool:
    level: list[object] = [value]
    for _ in range(limit):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return any(isinstance(value, dict | list) for value in level)


def _inside(value: object) -> Iterator[object] | Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
